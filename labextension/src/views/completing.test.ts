import { expect, test } from 'vitest';

import { ModelVersion } from '../wire';
import { suggested } from './completing';

const version = {
  stage: 'staging',
  aliases: ['challenger'],
  author: 'ana@laptop',
  class_name: 'HistGradientBoostingClassifier',
  library: 'sklearn',
  format: 'joblib',
  tags: { team: 'ops', 'cost centre': '12' },
  metrics: [{ key: 'auc' }, { key: 'eval.june.log_loss' }],
  params: [{ key: 'max_depth' }]
} as unknown as ModelVersion;
const known = { models: ['churn', 'late-flights'], versions: [version] };

function after(text: string): readonly string[] {
  return suggested(text, known).words;
}

test('an empty box offers nothing, a letter the fields that begin with it', () => {
  expect(after('')).toEqual([]);
  expect(after('a')).toEqual(['alias', 'author']);
  expect(after('metrics')).toEqual(['metrics.auc']);
  expect(after('eval')).toEqual(['eval.june.log_loss']);
});

test('a key with odd characters stands between backticks', () => {
  expect(after('tags.c')).toEqual([]);
  expect(after('tags')).toEqual(['tags.`cost centre`', 'tags.team']);
});

test('behind a field stand the comparisons that suit it', () => {
  expect(after('metrics.auc ')).toContain('>=');
  expect(after('stage ')).not.toContain('>=');
});

test('behind a comparison stand the values that there are', () => {
  expect(after('stage = ')).toContain("'production'");
  expect(after("name = 'l")).toEqual(["'late-flights'"]);
  expect(after('alias = ')).toEqual(["'challenger'", "'latest'"]);
  expect(after('tags.team = ')).toEqual(["'ops'"]);
  expect(after('metrics.auc > ')).toEqual([]);
});

test('lists, and what is not there, are completed too', () => {
  expect(after('stage in (')).toContain("'staging'");
  expect(after("stage in ('staging', ")).toContain("'retired'");
  expect(after('stage not in (')).toContain("'staging'");
  expect(after('metrics.auc is ')).toEqual(['null', 'not null']);
  expect(after('metrics.auc is not ')).toEqual(['null']);
});

test('a condition that is whole is joined to another one', () => {
  expect(after("stage = 'staging' ")).toEqual(['and', 'or']);
  expect(after("stage in ('staging') a")).toEqual(['and']);
  expect(after("stage = 'staging' and metrics.")).toEqual(['metrics.auc']);
  expect(after('(not sta')).toEqual(['stage']);
});

test('what was typed of a word is replaced', () => {
  expect(suggested("stage = 'sta", known)).toEqual({ from: 8, words: ["'staging'"] });
});
