// Requests are read strictly: what a schema does not name is refused rather than passed over, since whoever sent it believes that it did
// something. Schemas themselves let unknown fields through, for an answer may gain some; what came in and what was read of it tell the rest.

/** A field's place: names of fields and numbers of items, from the outermost in. */
export type Place = readonly (string | number)[];

/** The fields of `sent`, which is JSON, that `read` has not: `read` is what a schema made of it. At most `most`, in the order of `sent`. */
export const strayFields = (sent: unknown, read: unknown, most: number): readonly Place[] => strays(sent, read, []).take(most).toArray();

function* strays(sent: unknown, read: unknown, place: Place): Generator<Place, void> {
  if (typeof sent !== 'object' || sent === null || typeof read !== 'object' || read === null) return;
  const fields = new Map<string, unknown>(Object.entries(read));
  for (const [name, value] of Object.entries(sent)) {
    const at = [...place, Array.isArray(sent) ? Number(name) : name];
    if (fields.has(name)) yield* strays(value, fields.get(name), at);
    else yield at;
  }
}
