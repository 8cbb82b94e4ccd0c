'use client';
/** Charts: bars, lines with areas, probabilities. What they draw can also be read as a table. */
import { useEffect, useId, useState, type ReactNode } from 'react';

import { cx } from './cx.ts';
import { formatPercent } from './format.ts';
import { VisuallyHidden } from './layout.tsx';
import { areaPath, labelled, linePath, scaleFromZero, type Point, type Scale } from './scale.ts';
import styles from './charts.module.css';

export interface Datum {
  /** Below the axis, and in the table: a date, a period. */
  readonly label: string;
  readonly value: number;
}

interface ChartProps {
  /** What is drawn, with the unit: `Royalties per day, in AIRO`. */
  readonly title: string;
  readonly showTitle?: boolean;
  readonly data: readonly Datum[];
  /** How a value is written, with its unit. */
  readonly format: (value: number) => string;
  /** How a value is written at the axis. Default: as `format` does. */
  readonly formatTick?: (value: number) => string;
  /** In pixels. Default: 160. */
  readonly height?: number;
  /** In place of the chart when there are no data. */
  readonly empty?: ReactNode;
}

/** A bar for each value. */
export function BarChart(props: ChartProps) {
  return (
    <Chart {...props}>
      {({ x, y, band, base, current }) =>
        props.data.map(({ value }, index) => (
          <rect
            key={index}
            className={cx(styles.bar, current !== undefined && current !== index && styles.faint)}
            x={x(index) - (band * 0.7) / 2}
            width={Math.min(band * 0.7, 48)}
            transform={band * 0.7 > 48 ? `translate(${(band * 0.7 - 48) / 2})` : undefined}
            y={y(value)}
            height={Math.max(0, base - y(value))}
            rx={Math.min(2, band / 6)}
          />
        ))
      }
    </Chart>
  );
}

/** A line through the values, and the area below it. */
export function LineChart(props: ChartProps) {
  return (
    <Chart {...props}>
      {({ x, y, base, current }) => {
        const points: Point[] = props.data.map(({ value }, index) => ({ x: x(index), y: y(value) }));
        const marked = points[current ?? points.length - 1];
        return (
          <>
            <path className={styles.area} d={areaPath(points, base)} />
            <path className={styles.line} d={linePath(points)} />
            {marked && <circle className={styles.dot} cx={marked.x} cy={marked.y} r={4} />}
          </>
        );
      }}
    </Chart>
  );
}

interface Drawing {
  /** The middle of a datum, from left. */
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  /** The width that a datum has. */
  readonly band: number;
  readonly base: number;
  /** The datum that is pointed at. */
  readonly current: number | undefined;
}

const room = { top: 12, bottom: 22, right: 4 };
const widthOfDigit = 6.7;

function Chart({
  title,
  showTitle = false,
  data,
  format,
  formatTick = format,
  height = 160,
  empty,
  children,
}: ChartProps & { readonly children: (drawing: Drawing) => ReactNode }) {
  const id = useId();
  const [width, frame] = useWidth();
  const [current, setCurrent] = useState<number>();
  if (data.length === 0) return <div className={styles.none}>{empty ?? 'Nothing yet.'}</div>;

  const scale = scaleFromZero(data.map(({ value }) => value));
  const left = 10 + Math.max(...scale.ticks.map((tick) => formatTick(tick).length)) * widthOfDigit;
  const band = (width - left - room.right) / data.length;
  const base = height - room.bottom;
  const x = (index: number) => left + (index + 0.5) * band;
  const y = (value: number) => base - ((value - scale.min) / (scale.max - scale.min)) * (base - room.top);
  const pointed = current === undefined ? undefined : data[current];
  const said = pointed ?? data.at(-1);
  return (
    <figure className={styles.figure} aria-labelledby={id}>
      <figcaption className={styles.caption}>
        <span id={id} className={showTitle ? undefined : styles.hidden}>
          {title}
        </span>
        {said && (
          <span className={styles.said} aria-hidden="true">
            {said.label} <b>{format(said.value)}</b>
          </span>
        )}
      </figcaption>
      <div ref={frame}>
        {width > 0 && (
          <svg
            className={styles.chart}
            width={width}
            height={height}
            aria-hidden="true"
            onPointerMove={(event) => {
              const index = Math.floor(
                (event.clientX - event.currentTarget.getBoundingClientRect().left - left) / band,
              );
              setCurrent(index >= 0 && index < data.length ? index : undefined);
            }}
            onPointerLeave={() => setCurrent(undefined)}
          >
            <Axis scale={scale} y={y} left={left} width={width} format={formatTick} />
            {children({ x, y, band, base, current })}
            <Labels data={data} x={x} y={height - 6} width={width} left={left} />
          </svg>
        )}
      </div>
      <DataTable title={title} data={data} format={format} />
    </figure>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly width: number;
  readonly format: (value: number) => string;
}

function Axis({ scale, y, left, width, format }: AxisProps) {
  return scale.ticks.map((tick) => (
    <g key={tick}>
      <line className={tick === 0 ? styles.ground : styles.grid} x1={left} x2={width} y1={y(tick)} y2={y(tick)} />
      <text className={styles.text} x={left - 8} y={y(tick) + 4} textAnchor="end">
        {format(tick)}
      </text>
    </g>
  ));
}

interface LabelsProps {
  readonly data: readonly Datum[];
  readonly x: (index: number) => number;
  readonly y: number;
  readonly width: number;
  readonly left: number;
}

function Labels({ data, x, y, width, left }: LabelsProps) {
  const longest = Math.max(...data.map(({ label }) => label.length)) * widthOfDigit + 16;
  const shown = labelled(data.length, Math.max(2, Math.floor((width - left) / longest)));
  return data.map(({ label }, index) => {
    if (!shown.has(index)) return null;
    const half = (label.length * widthOfDigit) / 2;
    const anchor = x(index) + half > width ? 'end' : x(index) - half < left ? 'start' : 'middle';
    const place = anchor === 'end' ? width : anchor === 'start' ? left : x(index);
    return (
      <text key={index} className={styles.text} x={place} y={y} textAnchor={anchor}>
        {label}
      </text>
    );
  });
}

function DataTable({ title, data, format }: Pick<ChartProps, 'title' | 'data' | 'format'>) {
  return (
    <VisuallyHidden>
      <table>
        <caption>{title}</caption>
        <tbody>
          {data.map(({ label, value }, index) => (
            <tr key={index}>
              <th scope="row">{label}</th>
              <td>{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}

/**
 * The width of an element in pixels, and what to give it as its `ref`: a chart is drawn in true pixels, so that its text
 * keeps its size.
 */
function useWidth(): readonly [width: number, ref: (element: HTMLElement | null) => void] {
  const [width, setWidth] = useState(0);
  // An element that comes later, when there are data, has to be noticed: a plain ref would not tell.
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [width, setElement];
}

interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  /** What it shows, for screen readers: `Price over the last 8 days: from 0.2 to 0.1 AIRO`. */
  readonly label: string;
}

/** A small line without axes, as wide as its place. */
export function Sparkline({ values, label }: SparklineProps) {
  const highest = Math.max(...values, 0);
  const points = values.map((value, index) => ({
    x: values.length === 1 ? 50 : (index / (values.length - 1)) * 100,
    y: highest === 0 ? 26 : 26 - (value / highest) * 24,
  }));
  return (
    <svg className={styles.spark} viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label={label}>
      <path className={styles.area} d={areaPath(points, 28)} />
      <path className={styles.line} d={linePath(points)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

export interface ClassProbability {
  readonly label: string;
  /** From 0 to 1. */
  readonly probability: number;
}

interface ProbabilityBarsProps {
  /** What the probabilities are of. */
  readonly title: string;
  /** Best first. */
  readonly classes: readonly ClassProbability[];
  /** How many are shown. Default: 5. */
  readonly atMost?: number;
}

/** What a classifier answers: each class with its probability as a bar, the best set apart. */
export function ProbabilityBars({ title, classes, atMost = 5 }: ProbabilityBarsProps) {
  return (
    <ol className={styles.classes} aria-label={title}>
      {classes.slice(0, atMost).map(({ label, probability }, index) => (
        <li key={index} className={cx(styles.class, index === 0 && styles.best)}>
          <span className={styles.className}>{label}</span>
          <svg className={styles.share} width="100%" height={8} aria-hidden="true">
            <rect className={styles.track} width="100%" height={8} rx={4} />
            <rect className={styles.fill} width={`${Math.min(1, Math.max(0, probability)) * 100}%`} height={8} rx={4} />
          </svg>
          <span className={styles.percent}>{formatPercent(probability)}</span>
        </li>
      ))}
    </ol>
  );
}
