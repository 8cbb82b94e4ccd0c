/** Leads to what is wrong in a form that was submitted. */

/** Focuses the first field with an error, once that is drawn. */
export function focusFirstInvalid(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
