/// The distribution of an image.
///
/// Source: os-release(5).
package struct OperatingSystem: Sendable, Equatable {
  package let id: String
  package let version: String
  package let title: String

  /// Where the name of a distribution stands; of several the first counts.
  package static let paths = [
    "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/redhat-release", "etc/debian_version",
  ]

  /// - Parameter path: one of `paths`.
  package init?(_ text: String, path: String) {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let number = line.split { !($0.isNumber || $0 == ".") }.first { $0.first?.isNumber == true }.map(String.init) ?? ""
    switch path.split(separator: "/").last {
    case "alpine-release" where !number.isEmpty: self.init("ID=alpine\nVERSION_ID=\(number)")
    case "debian_version" where !number.isEmpty: self.init("ID=debian\nVERSION_ID=\(number)")
    case "redhat-release":
      let names = [
        ("Red Hat Enterprise Linux", "rhel"), ("CentOS", "centos"), ("AlmaLinux", "almalinux"), ("Rocky", "rocky"),
        ("Fedora", "fedora"), ("Oracle", "ol"),
      ]
      guard let id = names.first(where: { line.hasPrefix($0.0) })?.1 else { return nil }
      self.init("ID=\(id)\nVERSION_ID=\(number)\nPRETTY_NAME=\(line)")
    case "os-release": self.init(text)
    default: return nil
    }
  }

  package init?(_ text: String) {
    var fields: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let equals = line.firstIndex(of: "=") else { continue }
      var value = line[line.index(after: equals)...]
      if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
        value = value.dropFirst().dropLast()
      }
      fields[String(line[..<equals])] = String(value)
    }
    guard let id = fields["ID"], !id.isEmpty else { return nil }
    self.id = id
    version = fields["VERSION_ID"] ?? ""
    title = fields["PRETTY_NAME"] ?? "\(id) \(version)"
  }

  /// What packages of this distribution are called: by the name of advisories, or by its own, which no advisory has.
  package var packageEcosystem: Ecosystem { ecosystem ?? Ecosystem(version.isEmpty ? id : "\(id):\(version)") }

  /// What advisories call packages of this distribution; nil where none is known.
  package var ecosystem: Ecosystem? {
    let numbers = version.split(separator: ".")
    let major = numbers.first.map(String.init) ?? ""
    switch id {
    case "debian": return Ecosystem("Debian" + (version.isEmpty ? "" : ":" + major))
    case "ubuntu": return Ecosystem("Ubuntu" + (version.isEmpty ? "" : ":" + version))
    case "alpine": return numbers.count < 2 ? Ecosystem("Alpine") : Ecosystem("Alpine:v\(numbers[0]).\(numbers[1])")
    case "almalinux": return Ecosystem("AlmaLinux:" + major)
    case "rocky": return Ecosystem("Rocky Linux:" + major)
    case "rhel": return Ecosystem("Red Hat:enterprise_linux:" + major)
    case "opensuse-leap": return Ecosystem("openSUSE:Leap " + version)
    case "opensuse-tumbleweed": return Ecosystem("openSUSE:Tumbleweed")
    case "photon": return Ecosystem("Photon OS:" + version)
    case "azurelinux", "mariner": return Ecosystem("Azure Linux:" + major)
    case "openEuler": return Ecosystem("openEuler:" + version)
    case "mageia": return Ecosystem("Mageia:" + major)
    case "wolfi": return Ecosystem("Wolfi")
    case "chainguard": return Ecosystem("Chainguard")
    default: return nil
    }
  }
}
