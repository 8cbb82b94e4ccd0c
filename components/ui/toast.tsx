'use client';
/** Short messages about what has just happened somewhere else on the page. */
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import { Icon } from './icons.tsx';
import type { NoticeTone } from './notice.tsx';
import styles from './toast.module.css';

export interface Toast {
  /** Default: `info`. Errors stay until they are closed, everything else goes after some seconds. */
  readonly tone?: NoticeTone;
  readonly title: ReactNode;
  readonly text?: ReactNode;
}

interface ShownToast extends Toast {
  readonly id: number;
}

const shownForMs = 6_000;
const atMost = 4;

const ToastContext = createContext<((toast: Toast) => void) | undefined>(undefined);

/** Shows a message: `const toast = useToast(); toast({ tone: 'good', title: 'Saved' })`. */
export function useToast(): (toast: Toast) => void {
  const show = use(ToastContext);
  if (show === undefined) throw new Error('useToast needs a ToastRegion around it.');
  return show;
}

interface ToastRegionProps {
  /** Stands in the same corner, above the messages. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** What messages can be shown in; once, around all pages. */
export function ToastRegion({ beside, children }: ToastRegionProps) {
  const [toasts, setToasts] = useState<readonly ShownToast[]>([]);
  const show = useCallback((toast: Toast) => {
    setToasts((before) => [...before, { ...toast, id: (before.at(-1)?.id ?? 0) + 1 }].slice(-atMost));
  }, []);
  const close = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  const list = useMemo(
    () => toasts.map((toast) => <ToastCard key={toast.id} toast={toast} onClose={close} />),
    [toasts, close],
  );
  return (
    <ToastContext value={show}>
      {children}
      <section className={styles.region} aria-label="Messages">
        {beside}
        <div className={styles.list} aria-live="polite">
          {list}
        </div>
      </section>
    </ToastContext>
  );
}

function ToastCard({ toast, onClose }: { readonly toast: ShownToast; readonly onClose: (id: number) => void }) {
  const { id, tone = 'info', title, text } = toast;
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (tone === 'error' || isHeld) return undefined;
    const timer = setTimeout(() => onClose(id), shownForMs);
    return () => clearTimeout(timer);
  }, [id, tone, isHeld, onClose]);
  return (
    // Who points at it or is in it still reads: it must not go away below the pointer.
    <div
      className={cx(styles.toast, styles[tone])}
      role={tone === 'error' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={tone === 'good' ? 'check' : tone} size={18} className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {text !== undefined && <div className={styles.text}>{text}</div>}
      </div>
      <IconButton icon="close" label="Close message" size="s" onClick={() => onClose(id)} />
    </div>
  );
}
