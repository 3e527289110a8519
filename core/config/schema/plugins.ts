// Objects that other files made: a function's result, recognised by its `kind`.
import { z } from 'zod';
import { object } from './parts.ts';

export const connectorSchema: z.ZodType = z.looseObject({
  kind: z.literal('connector'),
  name: z.string(),
  location: z.string(),
  attach: z.custom<unknown>((value) => typeof value === 'function'),
});

export const generatorChoiceSchema: z.ZodType = z.looseObject({
  kind: z.literal('generator'),
  generator: z.looseObject({ name: z.string(), version: z.number(), options: z.looseObject({}) }),
  options: object,
});

export const alertChannelSchema: z.ZodType = z.looseObject({
  kind: z.literal('alert-channel'),
  name: z.string().min(1),
  severity: z.enum(['warn', 'error']),
  owners: z.array(z.string()).optional(),
  tables: z.array(z.string()).optional(),
  send: z.custom<unknown>((value) => typeof value === 'function'),
});

export const downstreamModelSchema: z.ZodType = z.looseObject({
  kind: z.literal('downstream-model'),
  name: z.string(),
  learn: z.custom<unknown>((value) => typeof value === 'function'),
});
