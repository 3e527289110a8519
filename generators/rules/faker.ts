// One faker, fed by our own random numbers, so that a row's fake value depends on its row number alone.
import type { Faker } from '@faker-js/faker';
import { faker as english } from '@faker-js/faker/locale/en';
import { nearestName, SynthError } from '../../core/errors.ts';
import { restartableSequence } from './draw.ts';

const draws = restartableSequence();

let built: Faker | undefined;

function ourFaker(): Faker {
  if (built === undefined) {
    // The class through its instance: the package's main entry would load seventy locales.
    const FakerClass = english.constructor as typeof Faker;
    built = new FakerClass({
      locale: english.rawDefinitions,
      randomizer: {
        next: draws.next,
        seed(seed: number | number[]) {
          draws.restart(Number(Array.isArray(seed) ? seed[0] : seed) >>> 0);
        },
      },
    });
    // Dates relative to today would change from run to run.
    built.setDefaultRefDate(Date.UTC(2025, 0, 1));
  }
  return built;
}

/** Calls the method with the random numbers that follow from `word`. */
export type FakerCall = (word: number) => unknown;

/** @throws SynthError `rule.unknown-fake` with the nearest method, `rule.fake-arguments` when the method refuses them */
export function fakerCall(method: string, args: readonly unknown[]): FakerCall {
  const [moduleName, name, ...rest] = method.split('.');
  const methods = fakerMethods();
  if (!methods.includes(method) || moduleName === undefined || name === undefined || rest.length > 0) {
    const nearest =
      nearestName(method, methods) ?? methods.find((known) => known.toLowerCase().endsWith(`.${method.toLowerCase()}`));
    throw new SynthError('rule.unknown-fake', `fake('${method}'): faker has no such method.`, {
      hint: nearest === undefined ? 'See fakerjs.dev/api for the methods.' : `Did you mean '${nearest}'?`,
    });
  }
  const owner = (ourFaker() as unknown as Record<string, Record<string, (...given: readonly unknown[]) => unknown>>)[
    moduleName
  ];
  const call = owner?.[name] as (...given: readonly unknown[]) => unknown;
  return (word) => {
    draws.restart(word);
    try {
      return call(...args);
    } catch (cause) {
      throw new SynthError('rule.fake-arguments', `fake('${method}') does not work with its arguments.`, {
        hint: `See fakerjs.dev/api/${moduleName} for what ${name} takes.`,
        cause,
      });
    }
  };
}

let known: readonly string[] | undefined;

/** All methods as `module.method`. */
export function fakerMethods(): readonly string[] {
  known ??= Object.entries(ourFaker()).flatMap(([moduleName, owner]: [string, unknown]) => {
    if (moduleName === 'fakerCore' || typeof owner !== 'object' || owner === null) return [];
    const methods = Object.entries(owner).filter(([, value]) => typeof value === 'function');
    return methods.map(([name]) => `${moduleName}.${name}`);
  });
  return known;
}
