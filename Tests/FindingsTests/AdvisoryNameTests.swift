import Findings
import Testing

@Suite struct AdvisoryNameTests {
  @Test(arguments: [
    ("CVE-2023-4911", true), ("cve-2023-4911", true), ("GHSA-jfhg-cqjp-vgvq", true), ("ALSA-2023:5455", true),
    ("openSUSE-SU-2023:0123-1", true), ("SNYK-JS-LODASH-1018905", true), ("pss-privileged", false),
    ("PSS-PRIVILEGED", false), ("*", false), ("", false), ("CVE 2023 1", false), ("-1", false), ("2023-1", false),
  ]) func isOne(_ text: String, _ expected: Bool) { #expect(AdvisoryName.isOne(text) == expected) }

  @Test(arguments: [
    ("cve-2023-4911", "CVE-2023-4911"), ("ghsa-JFHG-cqjp-vgvq", "GHSA-jfhg-cqjp-vgvq"),
    ("alsa-2023:5455", "ALSA-2023:5455"),
  ]) func usual(_ text: String, _ expected: String) {
    #expect(AdvisoryName.usual(text) == expected)
    #expect(AdvisoryName.isSame(text, expected) && !AdvisoryName.isSame(text, expected + "0"))
  }
}
