// Loose ends of a policy: articles that no rule serves, and rules that no test reaches. Pure.
import type { Coverage } from '$lib/api/types';

export function looseArticles({ articles }: Coverage): Coverage['articles'] {
  return articles.filter((one) => one.rules.length === 0);
}

export function looseRules({ rules }: Coverage): Coverage['rules'] {
  return rules.filter((one) => one.tests === 0);
}
