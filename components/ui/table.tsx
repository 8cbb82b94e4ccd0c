/** Rows of the same kind. On phones each row becomes a small card, its values named by their columns. */
import Link from 'next/link';
import type { ReactNode } from 'react';

import { cx } from './cx.ts';
import { VisuallyHidden } from './layout.tsx';
import styles from './table.module.css';

export interface Column<Row> {
  readonly key: string;
  /** Also names the value on phones. */
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. Default: `start`. */
  readonly align?: 'start' | 'end';
  /** What the row is about: its head, without a name on phones. One column has it, the first. */
  readonly isHead?: boolean;
}

interface TableProps<Row> {
  /** What the table shows; for screen readers, unless `showCaption`. */
  readonly caption: string;
  readonly showCaption?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  /** Where a row leads: the head's cell becomes the link, and all of the row can be pressed. */
  readonly rowHref?: (row: Row) => string | undefined;
  /** Sets a row apart. */
  readonly isMarked?: (row: Row) => boolean;
  /** In place of rows when there are none. */
  readonly empty?: ReactNode;
}

/** A table. */
export function Table<Row>({
  caption,
  showCaption = false,
  columns,
  rows,
  rowKey,
  rowHref,
  isMarked,
  empty,
}: TableProps<Row>) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className={styles.caption}>
          {showCaption ? caption : <VisuallyHidden>{caption}</VisuallyHidden>}
        </caption>
        <thead>
          <tr>
            {columns.map(({ key, header, align }) => (
              <th key={key} scope="col" className={align === 'end' ? styles.end : undefined}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const href = rowHref?.(row);
            return (
              <tr
                key={rowKey(row)}
                className={cx(href !== undefined && styles.link, isMarked?.(row) === true && styles.marked)}
              >
                {columns.map(({ key, header, cell, align, isHead = false }) => {
                  const className = cx(align === 'end' && styles.end, isHead && styles.head);
                  return isHead ? (
                    <th key={key} scope="row" className={className}>
                      {href === undefined ? cell(row) : <Link href={href}>{cell(row)}</Link>}
                    </th>
                  ) : (
                    <td key={key} data-header={header} className={className}>
                      {cell(row)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 && empty !== undefined && <div className={styles.empty}>{empty}</div>}
    </div>
  );
}
