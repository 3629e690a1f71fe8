/** What an expression says depends on which fields there are, and not on what they hold: it is built once for each such shape. */
import { attributeValues, type Update, type ValueAliases } from './expression.ts';
import type { Attribute } from '../state/storable.ts';

type Attributes = Readonly<Record<string, Attribute | undefined>>;
type Shape = Omit<Update, 'ExpressionAttributeValues'>;

/** Far more than hooks have; clients can make up others. */
const MOST_SHAPES = 500;

/** Every update counts `revision` up with these. */
const COUNTING: readonly Attribute[] = [0, 1];

export function createShapes() {
  const shapes = new Map<string, Shape>();

  /**
   * The update that `build` makes of the fields. `kind` names all else that it goes by; it takes the aliases of the
   * values that it is given, and no other.
   */
  return function update(kind: string, fields: readonly Attributes[], build: (values: ValueAliases) => Update): Update {
    const values: ValueAliases = new Map();
    let key = kind;
    for (const value of COUNTING) values.set(value, `:${values.size}`);
    for (const some of fields) {
      key += ';';
      for (const name in some) {
        const value = some[name];
        if (value === undefined) continue;
        let alias = values.get(value);
        if (alias === undefined) values.set(value, (alias = `:${values.size}`));
        key += `${name}${alias}`;
      }
    }
    let shape = shapes.get(key);
    if (!shape) {
      if (shapes.size >= MOST_SHAPES) shapes.clear();
      shapes.set(key, (shape = build(values)));
    }
    return { ...shape, ExpressionAttributeValues: attributeValues(values) };
  };
}
export type Shapes = ReturnType<typeof createShapes>;
