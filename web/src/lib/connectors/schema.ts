// A form from a JSON Schema (2020-12): the part of it that configurations use. What a form cannot show well is edited as
// JSON text, so that no configuration is out of reach. Pure.
export type Schema = {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  examples?: unknown[];
  additionalProperties?: boolean | Schema;
  $ref?: string;
  $defs?: Record<string, Schema>;
};

export type Choice = { value: unknown; title: string };
export type Field =
  | { kind: 'text'; input: 'text' | 'url' | 'email' | 'date' | 'time'; long: boolean }
  | { kind: 'number'; whole: boolean }
  | { kind: 'yesno' }
  | { kind: 'choice'; choices: Choice[] }
  | { kind: 'list' }
  | { kind: 'group'; names: string[] }
  | { kind: 'json' };

const LONG = 200;

/** A schema with its reference followed; only references inside the document exist. */
export function follow(schema: Schema, root: Schema): Schema {
  if (!schema.$ref) return schema;
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1];
  const found = name ? root.$defs?.[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  if (!found || found.$ref === schema.$ref) return {};
  const { $ref: _, ...rest } = schema;
  return { ...follow(found, root), ...rest };
}

function typeOf(schema: Schema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type;
}

function choicesOf(schema: Schema): Choice[] | null {
  if (schema.enum) return schema.enum.map((value) => ({ value, title: String(value) }));
  const ways = schema.oneOf ?? schema.anyOf;
  if (ways?.length && ways.every((way) => 'const' in way)) return ways.map((way) => ({ value: way.const, title: way.title ?? String(way.const) }));
  return null;
}

export function fieldOf(given: Schema, root: Schema): Field {
  const schema = follow(given, root);
  const choices = choicesOf(schema);
  if (choices) return { kind: 'choice', choices };
  switch (typeOf(schema)) {
    case 'string': {
      const inputs: Record<string, 'url' | 'email' | 'date' | 'time'> = { uri: 'url', url: 'url', email: 'email', date: 'date' };
      return { kind: 'text', input: inputs[schema.format ?? ''] ?? 'text', long: (schema.maxLength ?? 0) > LONG };
    }
    case 'integer':
      return { kind: 'number', whole: true };
    case 'number':
      return { kind: 'number', whole: false };
    case 'boolean':
      return { kind: 'yesno' };
    case 'array':
      return typeOf(follow(schema.items ?? {}, root)) === 'string' && !choicesOf(follow(schema.items ?? {}, root)) ? { kind: 'list' } : { kind: 'json' };
    case 'object':
      return schema.properties ? { kind: 'group', names: Object.keys(schema.properties) } : { kind: 'json' };
    default:
      return { kind: 'json' };
  }
}

/** What a new configuration starts with: the defaults, as deep as they go. */
export function defaults(given: Schema, root: Schema): unknown {
  const schema = follow(given, root);
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (typeOf(schema) === 'object' && schema.properties) {
    const entries = Object.entries(schema.properties).map(([name, property]) => [name, defaults(property, root)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  return undefined;
}

/** What is sent: empty fields are left out, so that the connector's own defaults hold. */
export function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).map(([name, inner]) => [name, tidy(inner)] as const);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined && inner !== '' && inner !== null && !(typeof inner === 'object' && !Array.isArray(inner) && Object.keys(inner as object).length === 0)));
  }
  return value;
}

/** In what order fields are asked for: what must be filled in first, groups of details last. */
export function inOrder(schema: Schema, root: Schema): string[] {
  const rank = (name: string) => (schema.required?.includes(name) ? 0 : fieldOf(schema.properties?.[name] ?? {}, root).kind === 'group' ? 2 : 1);
  return Object.keys(schema.properties ?? {}).sort((a, b) => rank(a) - rank(b));
}

/** A sentence that ends as one. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** An origin that the configuration names, such as `{config:reply_url}`, by the title of its field. */
export function originOf(origin: string, schema: Schema): string {
  return origin.replace(/\{config:([\w-]+)\}/g, (_, name: string) => `“${titleOf(name, follow(schema.properties?.[name] ?? {}, schema))}”`);
}

/** A name for a field that has no title: `poll_seconds` is “Poll seconds”. */
export function titleOf(name: string, schema: Schema): string {
  if (schema.title) return schema.title;
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
