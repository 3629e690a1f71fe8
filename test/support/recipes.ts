/** The templates of docs/events.md. */
import { CORE_SCHEMA, load, Type } from 'js-yaml';
import { pageAt } from './pages.ts';

export interface RecipeTemplate {
  readonly Description: string;
  readonly Parameters: Record<string, object>;
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}
export interface Recipe {
  /** As the page shows it. */
  readonly text: string;
  readonly template: RecipeTemplate;
}

const tag = (name: string, construct: (text: string) => object) => new Type(`!${name}`, { kind: 'scalar', construct });
const SCHEMA = CORE_SCHEMA.extend([
  tag('Ref', (text) => ({ Ref: text })),
  tag('Sub', (text) => ({ 'Fn::Sub': text })),
  tag('GetAtt', (text) => ({ 'Fn::GetAtt': text.split('.') })),
]);

export const recipes = (): Record<'webhook' | 'queue' | 'archive', Recipe> => {
  const texts = pageAt('docs/events.md')
    .blocks.filter(({ info }) => info === 'yaml')
    .map(({ text }) => text);
  const [webhook, queue, archive] = texts.map((text) => ({
    text,
    template: load(text, { schema: SCHEMA }) as RecipeTemplate,
  }));
  if (!webhook || !queue || !archive || texts.length > 3) throw new Error('docs/events.md has not three recipes');
  return { webhook, queue, archive };
};
