import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import type { ReactNode } from 'react';

import { Shell } from '../components/shell/shell.tsx';
import { themeScript } from '../components/shell/theme.ts';
import './tokens.css';
import './global.css';

const geist = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-own',
  fallback: ['system-ui', 'sans-serif'],
});

export const metadata: Metadata = {
  title: { default: 'Airo', template: '%s · Airo' },
  description: 'An open marketplace for AI inference: own models, run them, buy their answers.',
  applicationName: 'Airo',
  referrer: 'no-referrer',
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f5f8f9' },
    { media: '(prefers-color-scheme: dark)', color: '#0a1013' },
  ],
};

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    // The script sets an attribute before React looks at the element.
    <html lang="en" className={geist.variable} suppressHydrationWarning>
      <body>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
