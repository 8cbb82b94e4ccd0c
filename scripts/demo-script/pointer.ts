/** The mouse, which pictures of a headless browser do not have. */
import type { BrowserContext } from 'playwright';

/** Draws the mouse into all pages of a context, those that come later as well. */
export async function showPointer(context: BrowserContext): Promise<void> {
  await context.addInitScript(drawPointer);
}

/** Runs in the page, before anything of its own. */
function drawPointer(): void {
  if (window !== window.top) return;
  const dot = document.createElement('div');
  dot.setAttribute('aria-hidden', 'true');
  Object.assign(dot.style, {
    ...{ position: 'fixed', left: '0', top: '0', width: '22px', height: '22px', margin: '-11px 0 0 -11px' },
    ...{ borderRadius: '50%', border: '2px solid #fff', background: 'rgb(220 60 40 / 65%)' },
    ...{ boxShadow: '0 0 4px rgb(0 0 0 / 50%)', pointerEvents: 'none', zIndex: '2147483647' },
  });
  // Outside of the body, which belongs to the page.
  const show = () => {
    if (!dot.isConnected) document.documentElement.append(dot);
  };
  const place = ({ clientX, clientY }: MouseEvent) => {
    show();
    dot.style.transform = `translate(${clientX}px, ${clientY}px) scale(${dot.dataset.pressed === 'yes' ? 0.7 : 1})`;
  };
  addEventListener('mousemove', place, true);
  addEventListener(
    'mousedown',
    (event) => {
      dot.dataset.pressed = 'yes';
      place(event);
    },
    true,
  );
  addEventListener(
    'mouseup',
    (event) => {
      dot.dataset.pressed = 'no';
      place(event);
    },
    true,
  );
}
