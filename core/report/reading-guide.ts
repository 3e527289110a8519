// How to read a report, for people who have never seen one.

export const READING_GUIDE: string = `<section class="reading" id="reading"><h2>How to read this report</h2><dl>
<dt>Real, mirror, holdout</dt><dd>A mirror is a synthetic copy of a real table. The holdout is a part of the real rows that the
generator never saw: it shows how much two samples of the same real data differ by chance.</dd>
<dt>Value</dt><dd>How large the difference (or the risk) is that an audit measured. What it measures is written beside its id.</dd>
<dt>Noise floor</dt><dd>The same statistic between real rows and other real rows, its middle and its 99 % point. A mirror cannot
be asked to be nearer to the real table than the real table is to itself.</dd>
<dt>Warn, fail</dt><dd>A value beyond its bound and outside the noise floor. A fail stops the release from being published unless
it is marked “reported only”.</dd>
<dt>Inconclusive</dt><dd>Too few rows to decide. For validity and privacy this stops a release as a fail does.</dd>
<dt>Distributions</dt><dd>“2 % apart” means: 2 % of the rows would have to change their bin or value to make both sides equal. End bins
hold everything beyond them; bins and values with few real rows are merged.</dd>
<dt>What it cannot say</dt><dd>Passing audits are evidence, not proof: they found no more than these differences and risks in this
release, with these bounds.</dd></dl></section>`;
