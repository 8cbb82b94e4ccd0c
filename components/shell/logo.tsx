/** The product's mark: the aircraft of an attitude indicator, wings and peak in one line, which is also an A. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <circle cx={16} cy={16} r={14.25} stroke="currentColor" strokeWidth={1.5} opacity={0.35} />
      <path
        d="M3.5 20.5H10.2L16 8.5L21.8 20.5H28.5"
        stroke="var(--accent)"
        strokeWidth={2.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx={16} cy={20.5} r={1.9} fill="var(--accent)" />
    </svg>
  );
}
