/// A distribution by the version that its API server tells, and the benchmark of kube-bench that is for it.
package struct BenchmarkPlatform: Sendable, Equatable {
  package let name: String
  /// `1.31`.
  package let version: String

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  /// Reads `v1.31.4-eks-2d5f260`, `v1.27.6+k3s1` and their like; nil for a plain version.
  package init?(gitVersion: String) {
    guard let v = gitVersion.firstIndex(of: "v") else { return nil }
    var rest = gitVersion[gitVersion.index(after: v)...]
    func digits() -> String {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest.removeFirst(digits.count)
      return String(digits)
    }
    func skip(_ characters: String) -> Bool {
      guard let first = rest.first, characters.contains(first) else { return false }
      rest.removeFirst()
      return true
    }
    let major = digits()
    guard !major.isEmpty, skip(".") else { return nil }
    let minor = digits()
    guard !minor.isEmpty, skip("."), !digits().isEmpty, skip("-+") else { return nil }
    func isWord(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
    var name = rest.prefix(while: isWord)
    rest.removeFirst(name.count)
    let after = rest.drop { ".-+".contains($0) }
    // As in kube-bench a word must follow, which may be the last letter of the name itself.
    if after.first.map({ !isWord($0) }) ?? true { name = name.dropLast() }
    guard !name.isEmpty else { return nil }
    self.init(name: String(name), version: "\(major).\(minor)")
  }

  /// Source: kube-bench `cmd/util.go`; nil for a platform without a benchmark of its own.
  package var benchmark: String? {
    func among(_ table: [(ClosedRange<Int>, String)], _ otherwise: String) -> String {
      let minor = version.split(separator: ".").last.flatMap { Int($0) } ?? -1
      return table.first { $0.0.contains(minor) }?.1 ?? otherwise
    }
    switch name {
    case "eks": return among([(15...19, "eks-1.0.1"), (29...31, "eks-1.7.0"), (32...34, "eks-1.8.0")], "eks-1.5.0")
    case "aks": return among([(19...24, "aks-1.0"), (29...31, "aks-1.7")], "aks-1.8")
    case "gke":
      return among(
        [(15...19, "gke-1.0"), (20...27, "gke-1.2.0"), (28...29, "gke-1.6.0"), (30...30, "gke-1.8.0")], "gke-1.9.0")
    case "ocp": return ["3.10": "rh-0.7", "4.1": "rh-1.0", "4.11": "rh-1.4", "4.13": "rh-1.8"][version]
    case "k3s":
      return among(
        [(22...23, "k3s-cis-1.23"), (24...24, "k3s-cis-1.24"), (25...25, "k3s-cis-1.7"), (26...26, "k3s-cis-1.8")],
        "k3s-cis-1.9")
    case "rancher": return among([(23...23, "rke-cis-1.23"), (24...24, "rke-cis-1.24")], "rke-cis-1.7")
    case "rke2r":
      return among(
        [(23...23, "rke2-cis-1.23"), (24...24, "rke2-cis-1.24"), (25...25, "rke2-cis-1.7")], "rke2-cis-1.8")
    case "aliyun": return "ack-1.0"
    case "vmware": return "tkgi-1.2.53"
    default: return nil
    }
  }

  /// The version of OpenShift that a benchmark is for, at or below this one; nil where there is none.
  package static func openShiftVersion(_ version: String) -> String? {
    var version = version
    while !version.isEmpty {
      if ["3.10", "4.1", "4.11", "4.13"].contains(version) { return version }
      version = DefinitionSettings.previous(version)
    }
    return nil
  }
}
