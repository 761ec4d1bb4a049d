import Bytes

extension AdvisoryFormat {
  /// The data of Debian's security tracker: for each source package and vulnerability what each release has.
  ///
  /// Source: security-tracker.debian.org, `/tracker/data/json`; Debian Security Team, "Security tracker" for the words. A
  /// vulnerability that is open has no fix, one that is fixed in `0` was never in the release, and one that is undetermined says
  /// nothing.
  static let debianTracker = AdvisoryFormat(
    name: "Debian security tracker",
    read: { document in
      guard let package = document.entries.first, let vulnerability = package.value.entries.first,
        vulnerability.key.hasPrefix("CVE-") || vulnerability.key.hasPrefix("TEMP-"),
        vulnerability.value["releases"] != nil
      else { return nil }
      var found: [Advisory] = []
      for package in document.entries {
        for vulnerability in package.value.entries {
          var affected: [Advisory.Affected] = []
          for release in vulnerability.value["releases"]?.entries ?? [] {
            guard let number = DebianReleases.number(release.key), let status = release.value["status"]?.string else {
              continue
            }
            var events = [Advisory.Event(kind: .introduced, version: "0")]
            if status == "resolved" {
              guard let fixed = release.value["fixed_version"]?.string, fixed != "0" else { continue }
              events.append(Advisory.Event(kind: .fixed, version: fixed))
            } else if status != "open" {
              continue
            }
            affected.append(
              Advisory.Affected(
                ecosystem: Ecosystem("Debian:\(number)"), name: package.key, ranges: [events], versions: []))
          }
          guard !affected.isEmpty else { continue }
          let text = vulnerability.value["description"]?.string ?? ""
          found.append(
            Advisory(
              id: "DEBIAN-" + vulnerability.key,
              aliases: vulnerability.key.hasPrefix("CVE-") ? [vulnerability.key] : [],
              summary: Advisory.summary(of: text), severity: [], published: "", withdrawn: false, affected: affected))
        }
      }
      return found
    })
}

/// Numbers of Debian's releases. Source: Debian, "Debian Releases".
enum DebianReleases {
  private static let names = [
    "squeeze": 6, "wheezy": 7, "jessie": 8, "stretch": 9, "buster": 10, "bullseye": 11, "bookworm": 12, "trixie": 13,
    "forky": 14, "duke": 15,
  ]

  static func number(_ name: String) -> Int? { names[name] }
}
