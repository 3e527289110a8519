import assert from 'node:assert/strict';
import { groupNames } from '../../audits/fairness/group-names.ts';

describe('names of groups of people', () => {
  const groups = [
    ...[
      'age',
      'Age',
      'AGES',
      'age_group',
      'AGE_GROUPS',
      'ageGroup',
      'agegroup',
      'AGEBand',
      'age_at_death',
      'customer.age',
    ],
    ...[
      'sex',
      'SEX',
      'sexes',
      'gender',
      'genders',
      'customer_gender',
      'genderIdentity',
      'sexual_orientation',
      'Geschlecht',
    ],
    ...['race', 'RACE', 'races', 'race1', 'race_2', 'raceDesc', 'Race/Ethnicity', 'race_ethnicity', 'racial_group'],
    ...['ethnicity', 'ethnicities', 'ethnic group', 'ethnicgroup', 'ethnic_origin', 'tribes', 'caste'],
    ...[
      'origin',
      'Origins',
      'national_origin',
      'nationalOrigin',
      'country_of_origin',
      'native_country',
      'country of birth',
    ],
    ...['nationality', 'nationalities', 'citizenship', 'immigrant', 'Staatsangehörigkeit'],
    ...['religion', 'religions', 'religious_group', 'faith', 'creed'],
    ...['disability', 'disabilities', 'is_disabled', 'handicapped', 'pregnant'],
    ...['marital_status', 'maritalstatus', 'MaritalStatus', 'married', 'civil_status', 'veteran'],
  ];
  for (const name of groups) {
    it(`are told by ${name}`, () => assert.deepEqual(groupNames([name]), [name]));
  }

  const others = [
    ...[
      'average',
      'usage',
      'page',
      'stage',
      'trace',
      'grace',
      'brace_width',
      'sextant',
      'original',
      'originator',
      'engaged',
    ],
    ...[
      'race_time',
      'race_id',
      'raceDate',
      'gender_count',
      'region',
      'country',
      'birthday',
      'income',
      'status',
      'faithful',
      '',
    ],
  ];
  for (const name of others) {
    it(`are not told by '${name}'`, () => assert.deepEqual(groupNames([name]), []));
  }

  it('leave out where a journey begins, but not where people come from', () => {
    assert.deepEqual(groupNames(['origin', 'dest', 'carrier']), []);
    assert.deepEqual(groupNames(['Origin', 'Destination', 'sex', 'ethnic_origin']), ['sex', 'ethnic_origin']);
    assert.deepEqual(groupNames(['origin', 'income']), ['origin']);
  });
});
