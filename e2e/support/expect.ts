/** Playwright's assertions that wait. They need no runner of Playwright's. */
import { expect as plain } from 'playwright/test';

/** As long as several blocks, finality included, take on a busy machine. It is no measure of anything. */
export const patienceMs = 45_000;

export const expect = plain.configure({ timeout: patienceMs });
