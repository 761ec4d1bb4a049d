/// When a distribution's makers end their support of a release: from then on nobody fixes what is found in it.
///
/// Source: the lifecycle pages of each distribution (Debian wiki "LTS", Ubuntu "Release cycle", Alpine "Releases", Red Hat
/// "Life Cycle", AlmaLinux, Rocky Linux, Amazon Linux, openSUSE, Fedora), as of November 2026. Where there is free support for
/// longer, such as Debian's LTS, its end counts; paid support does not.
package enum EndOfLife {
  /// By the identifier in os-release: beginning of the version, and the last day.
  private static let table: [String: [(version: String, day: String)]] = [
    "debian": [
      ("7", "2018-05-31"), ("8", "2020-06-30"), ("9", "2022-06-30"), ("10", "2024-06-30"), ("11", "2026-08-31"),
      ("12", "2028-06-30"), ("13", "2030-06-30"),
    ],
    "ubuntu": [
      ("14.04", "2019-04-25"), ("16.04", "2021-04-30"), ("18.04", "2023-05-31"), ("20.04", "2025-05-31"),
      ("22.04", "2027-04-30"), ("23.04", "2024-01-25"), ("23.10", "2024-07-11"), ("24.04", "2029-05-31"),
      ("24.10", "2025-07-10"), ("25.04", "2026-01-15"), ("25.10", "2026-07-31"), ("26.04", "2031-05-31"),
    ],
    "alpine": [
      ("3.4", "2018-05-01"), ("3.5", "2018-11-01"), ("3.6", "2019-05-01"), ("3.7", "2019-11-01"),
      ("3.8", "2020-05-01"), ("3.9", "2020-11-01"), ("3.10", "2021-05-01"), ("3.11", "2021-11-01"),
      ("3.12", "2022-05-01"), ("3.13", "2022-11-01"), ("3.14", "2023-05-01"), ("3.15", "2023-11-01"),
      ("3.16", "2024-05-23"), ("3.17", "2024-11-22"), ("3.18", "2025-05-09"), ("3.19", "2025-11-01"),
      ("3.20", "2026-04-01"), ("3.21", "2026-11-01"), ("3.22", "2027-05-01"), ("3.23", "2027-11-01"),
    ],
    "centos": [("6", "2020-11-30"), ("7", "2024-06-30"), ("8", "2021-12-31")],
    "rhel": [("6", "2020-11-30"), ("7", "2024-06-30"), ("8", "2029-05-31"), ("9", "2032-05-31"), ("10", "2035-05-31")],
    "almalinux": [("8", "2029-03-01"), ("9", "2032-05-31"), ("10", "2035-05-31")],
    "rocky": [("8", "2029-05-31"), ("9", "2032-05-31"), ("10", "2035-05-31")],
    "amzn": [("2018.03", "2023-12-31"), ("2", "2026-06-30"), ("2023", "2029-06-30")],
    "opensuse-leap": [
      ("15.2", "2022-01-04"), ("15.3", "2022-12-31"), ("15.4", "2023-12-07"), ("15.5", "2024-12-31"),
      ("15.6", "2026-04-30"),
    ],
    "fedora": [
      ("37", "2023-12-05"), ("38", "2024-05-21"), ("39", "2024-11-26"), ("40", "2025-05-13"), ("41", "2025-12-15"),
      ("42", "2026-05-13"),
    ],
  ]

  /// - Returns: the last day of support, `YYYY-MM-DD`; nil where it is not known, or has none.
  package static func day(_ system: OperatingSystem) -> String? {
    let own = system.version.split(separator: ".")
    return table[system.id]?.last { entry in
      let wanted = entry.version.split(separator: ".")
      return own.count >= wanted.count && zip(wanted, own).allSatisfy(==)
    }?.day
  }

  /// - Parameter today: `YYYY-MM-DD`.
  /// - Returns: the last day of support where it is over.
  package static func passed(_ system: OperatingSystem, today: String) -> String? {
    day(system).flatMap { $0 < today ? $0 : nil }
  }
}
