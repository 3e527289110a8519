// Column rules and constraints by their `kind`.
import { z } from 'zod';
import { columnList } from './parts.ts';

type Schemas = Readonly<Record<string, z.ZodObject>>;

export const columnRuleSchemas: Schemas = {
  fake: z.strictObject({
    kind: z.literal('fake'),
    method: z.string().regex(/^\w+\.\w+$/, { error: "must be a faker method as 'internet.email'" }),
    arguments: z.array(z.unknown()).default([]),
    per: z.string().optional(),
  }),
  expression: z.strictObject({ kind: z.literal('expression'), sql: z.string().min(1) }),
  nulls: z.strictObject({ kind: z.literal('nulls') }),
  omit: z.strictObject({ kind: z.literal('omit') }),
  pattern: z.strictObject({ kind: z.literal('pattern'), pattern: z.string().min(1) }),
};

export const constraintSchemas: Schemas = {
  unique: z.strictObject({ kind: z.literal('unique'), columns: columnList }),
  fixed: z.strictObject({ kind: z.literal('fixed'), columns: columnList }),
  dependent: z.strictObject({ kind: z.literal('dependent'), columns: columnList, on: columnList }),
  sum: z.strictObject({ kind: z.literal('sum'), total: z.string().min(1), parts: columnList }),
};
