/** The health check of the images: whether the address in AIRO_HEALTH answers well. */
const url = process.env.AIRO_HEALTH ?? '';
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) throw new Error(`it answered with status ${status}`);
} catch (error) {
  console.error(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
