// The audits that come with synthouse, in the order of reports.
import type { Audit } from '../core/audit.ts';
import { coverageAudit } from './collapse/coverage.ts';
import { depthAudit } from './collapse/depth.ts';
import { diversityAudit } from './collapse/diversity.ts';
import { rareSurvivalAudit } from './collapse/rare.ts';
import { tailAudit } from './collapse/tail.ts';
import { trendAudit } from './collapse/trend.ts';
import { varianceAudit } from './collapse/variance.ts';
import { driftDomainAudit } from './drift/domain.ts';
import { psiAudit } from './drift/psi.ts';
import { reproAudit } from './drift/repro.ts';
import { staleAudit } from './drift/stale.ts';
import { driftW1Audit } from './drift/w1.ts';
import { amplificationAudit } from './fairness/amplification.ts';
import { labelAudit } from './fairness/label.ts';
import { oddsAudit } from './fairness/odds.ts';
import { representationAudit } from './fairness/representation.ts';
import { c2stAudit } from './fidelity/c2st.ts';
import { cardinalityAudit } from './fidelity/cardinality.ts';
import { correlationAudit } from './fidelity/correlation.ts';
import { interAudit } from './fidelity/inter.ts';
import { jsdAudit } from './fidelity/jsd.ts';
import { ksAudit } from './fidelity/ks.ts';
import { kwayAudit } from './fidelity/kway.ts';
import { missingAudit } from './fidelity/missing.ts';
import { pairAudit } from './fidelity/pair.ts';
import { prdcAudit } from './fidelity/prdc.ts';
import { sdmAudit } from './fidelity/sdm.ts';
import { sequenceAudit } from './fidelity/sequence.ts';
import { tvdAudit } from './fidelity/tvd.ts';
import { w1Audit } from './fidelity/w1.ts';
import { chainAudit } from './governance/chain.ts';
import { holdoutAudit } from './governance/holdout.ts';
import { staleAuditAudit } from './governance/stale-audit.ts';
import { attrAudit } from './privacy/attr.ts';
import { dcrAudit } from './privacy/dcr.ts';
import { exactAudit } from './privacy/exact.ts';
import { extremeAudit } from './privacy/extreme.ts';
import { inferAudit } from './privacy/infer.ts';
import { kmapAudit } from './privacy/kmap.ts';
import { linkAudit } from './privacy/link.ts';
import { miaAudit } from './privacy/mia.ts';
import { piiAudit } from './privacy/pii.ts';
import { rareAudit } from './privacy/rare.ts';
import { singleOutAudit } from './privacy/single-out.ts';
import { augmentAudit } from './utility/augment.ts';
import { importanceAudit } from './utility/importance.ts';
import { labelEfficiencyAudit } from './utility/label-efficiency.ts';
import { queryAudit } from './utility/query.ts';
import { tstrAudit } from './utility/tstr.ts';
import { domainAudit } from './validity/domain.ts';
import { foreignKeyAudit } from './validity/foreign-key.ts';
import { keyAudit } from './validity/key.ts';
import { rangeAudit } from './validity/range.ts';
import { ruleAudit } from './validity/rule.ts';
import { schemaAudit } from './validity/schema.ts';

export const audits: readonly Audit[] = [
  schemaAudit,
  keyAudit,
  foreignKeyAudit,
  rangeAudit,
  domainAudit,
  ruleAudit,
  ksAudit,
  w1Audit,
  tvdAudit,
  jsdAudit,
  missingAudit,
  pairAudit,
  kwayAudit,
  correlationAudit,
  cardinalityAudit,
  interAudit,
  sequenceAudit,
  c2stAudit,
  prdcAudit,
  sdmAudit,
  representationAudit,
  labelAudit,
  amplificationAudit,
  oddsAudit,
  rareSurvivalAudit,
  tailAudit,
  varianceAudit,
  diversityAudit,
  coverageAudit,
  exactAudit,
  rareAudit,
  extremeAudit,
  piiAudit,
  queryAudit,
  tstrAudit,
  importanceAudit,
  augmentAudit,
  labelEfficiencyAudit,
  dcrAudit,
  kmapAudit,
  singleOutAudit,
  linkAudit,
  inferAudit,
  miaAudit,
  attrAudit,
  trendAudit,
  depthAudit,
  psiAudit,
  driftW1Audit,
  driftDomainAudit,
  staleAudit,
  reproAudit,
  holdoutAudit,
  chainAudit,
  staleAuditAudit,
];
