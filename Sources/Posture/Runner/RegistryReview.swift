package import Bytes
package import Findings
package import Images
import PodSecurity

/// What is wrong with a registry, from what it shows and from its own configuration.
///
/// Source: NIST SP 800-190, section 4.2, "Registry countermeasures"; distribution, "Configuring a registry".
package enum RegistryReview {
  /// - Parameters:
  ///   - before: digests that tags had at an earlier look, by `REPOSITORY:TAG`.
  ///   - today: `YYYY-MM-DD`.
  package static func judge(
    _ seen: RegistryObservation, before: [String: String] = [:], today: String,
    checks: [any RegistryCheck] = CheckCatalogue.registryChecks
  ) -> [Finding] {
    let context = RegistryContext(digests: before, today: today)
    return checks.flatMap { check in
      check.examine(seen, context).map {
        finding(check, $0, of: seen.registry, at: Location(file: seen.registry))
      }
    }.sorted(by: Finding.isOrderedBefore)
  }

  /// From the configuration of a distribution registry.
  ///
  /// - Parameter passwords: the file that `auth.htpasswd` names, where it could be read.
  package static func judge(
    configuration: DocumentNode, file: String, passwords: [UInt8]? = nil,
    checks: [any RegistryCheck] = CheckCatalogue.registryChecks
  ) -> [Finding] {
    let settings = RegistryConfiguration(root: configuration, passwords: passwords)
    return checks.flatMap { check in
      check.examine(settings).map { fault in
        let node = fault.node ?? configuration
        return finding(
          check, fault, of: file, at: Location(file: file, line: Int(node.line), column: Int(node.column)))
      }
    }.sorted(by: Finding.isOrderedBefore)
  }

  private static func finding(
    _ check: any RegistryCheck, _ fault: RegistryFault, of registry: String, at location: Location
  ) -> Finding {
    let rule = check.metadata.rule
    return Finding(
      check: rule.id, severity: rule.severity, title: rule.title, message: fault.message,
      subject: .registry(registry), location: location,
      evidence: [Evidence(path: fault.place, value: fault.value, line: location.line, column: location.column)],
      remediation: rule.remediation, references: rule.references, controls: rule.controls)
  }
}
