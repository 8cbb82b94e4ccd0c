/** The Cockpit's own icons: lines of one weight on a grid of 24. */

const paths = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  agreement: 'M7 3.5h7l4 4V20.5H7zM13.5 3.5v4.5H18M10 13l2 2 3.5-4',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  back: 'M19 12H5M11 6l-6 6 6 6',
  browser: 'M3.5 5h17v14h-17zM3.5 9h17M6.5 7h.01M9 7h.01',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5Z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  down: 'M6 9.5l6 6 6-6',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  error: 'M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM12 8v4.5M12 16h.01',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  file: 'M6.5 3.5h7l4 4V20.5h-11zM13 3.5V8h4.5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  gift: 'M4 9.5h16v3.5H4zM5.5 13h13v7h-13zM12 9.5V20M12 9.5c-3 0-5-.8-5-2.6C7 5.5 8 4.8 9 4.8c1.8 0 3 2 3 4.7 0-2.7 1.2-4.7 3-4.7 1 0 2 .7 2 2.1 0 1.8-2 2.6-5 2.6Z',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15 9.5h.01',
  info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5M12 8h.01',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 12h8.5M17.5 12v3M20.5 12v2.5',
  lock: 'M6 10.5h12V20H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5',
  market: 'M4 4h6.5v6.5H4zM13.5 4H20v6.5h-6.5zM4 13.5h6.5V20H4zM13.5 16.75H20M16.75 13.5V20',
  minus: 'M5 12h14',
  moon: 'M20 14.2A8.2 8.2 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.2Z',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  network:
    'M12 7a2.25 2.25 0 1 0 0-4.5A2.25 2.25 0 0 0 12 7ZM5 20.5A2.25 2.25 0 1 0 5 16a2.25 2.25 0 0 0 0 4.5ZM19 20.5a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5ZM10.9 6.8L6.2 16M13.1 6.8l4.7 9.2M7.25 18.25h9.5',
  own: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  pause: 'M8.5 5v14M15.5 5v14',
  pencil: 'M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5',
  play: 'M7.5 5l11 7-11 7z',
  plus: 'M12 5v14M5 12h14',
  power: 'M12 3.5v8.5M7 6.2a8 8 0 1 0 10 0',
  provide:
    'M7 7h10v10H7zM10 10h4v4h-4zM9.5 7V3.5M14.5 7V3.5M9.5 20.5V17M14.5 20.5V17M7 9.5H3.5M7 14.5H3.5M20.5 9.5H17M20.5 14.5H17',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15',
  right: 'M9.5 6l6 6-6 6',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l4.5 4.5',
  send: 'M4 12l16.5-8-5 16.5-3.5-6.5zM12 14l8.5-10',
  server: 'M4 4.5h16v6.5H4zM4 13h16v6.5H4zM7.5 7.75h.01M7.5 16.25h.01M12 7.75h5M12 16.25h5',
  shield: 'M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5',
  spark: 'M3 16.5l5-6 4 4 5-8 4 5',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3L7 7M17 17l1.7 1.7M18.7 5.3L17 7M7 17l-1.7 1.7',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  transfer: 'M4 8.5h14M14 4.5l4 4-4 4M20 15.5H6M10 11.5l-4 4 4 4',
  trash: 'M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5',
  upload: 'M12 16V5M7.5 9.5L12 5l4.5 4.5M5 20h14',
  warning: 'M12 4l9 16H3zM12 10v4.5M12 17.25h.01',
} as const;

export type IconName = keyof typeof paths;

interface IconProps {
  readonly name: IconName;
  /** Width and height in pixels. Default: 18. */
  readonly size?: number;
  /** What it means, where no text beside it says so. Without it the icon is hidden from screen readers. */
  readonly label?: string;
  readonly className?: string | undefined;
}

/** One of the icons, in the colour of the text around it. */
export function Icon({ name, size = 18, label, className }: IconProps) {
  return (
    <svg
      className={className}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      aria-hidden={label === undefined ? true : undefined}
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
