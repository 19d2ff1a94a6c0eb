// A table at a desk that becomes a card a row on a phone. Its roles are said outright: laid out as cards, it would be none to a screen reader.

import type { ComponentChildren } from 'preact';

export type Column<T> = {
  readonly head: string;
  readonly cell: (row: T) => ComponentChildren;
  /** On a phone: `wide` takes the whole card, `soft` is said more quietly, `skip` is left out. The first column stands at the left of the card, the next at its right. */
  readonly on?: 'wide' | 'soft' | 'soft-wide' | 'skip';
  readonly number?: boolean;
};

export type TableProps<T> = { readonly caption: string; readonly columns: readonly Column<T>[]; readonly rows: readonly T[]; readonly keyOf: (row: T) => string; readonly tone?: (row: T) => 'gap' | undefined };

export const Table = <T,>({ caption, columns, rows, keyOf, tone }: TableProps<T>) => (
  <table class="table table--cards" role="table" aria-label={caption}>
    <thead role="rowgroup"><tr role="row">{columns.map(({ head, number = false }) => <th key={head} role="columnheader" scope="col" class={number ? 'num' : undefined}>{head}</th>)}</tr></thead>
    <tbody role="rowgroup">
      {rows.map((row) => (
        <tr key={keyOf(row)} role="row" data-tone={tone?.(row)}>
          {columns.map(({ head, cell, on, number = false }) => <td key={head} role="cell" data-on={on} class={number ? 'num' : undefined}>{cell(row)}</td>)}
        </tr>
      ))}
    </tbody>
  </table>
);
