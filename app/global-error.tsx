'use client';
import './tokens.css';
import './global.css';
import { Button } from '../components/ui/button.tsx';
import { Page } from '../components/ui/layout.tsx';
import { ProblemNotice } from '../components/ui/notice.tsx';

/** Stands in place of everything when the shell itself could not be drawn. */
export default function GlobalError({ error }: { readonly error: Error }) {
  return (
    <html lang="en">
      <body>
        <title>Airo could not go on</title>
        <main>
          <Page narrow title="Airo could not go on">
            <ProblemNotice
              title="Something in this page failed"
              problem={error}
              actions={
                <Button icon="refresh" onClick={() => location.reload()}>
                  Load the page again
                </Button>
              }
            />
          </Page>
        </main>
      </body>
    </html>
  );
}
