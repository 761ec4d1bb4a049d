import Findings
import Images
import PodSecurity

struct RegistryCertificateEnds: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-certificate-ends", title: "Certificate expired or about to expire", severity: .medium,
    rationale: "When it has ended nobody pulls: what restarts does not start again, or people turn verification off.",
    remediation: "Renew it, and let a program do so from now on (ACME, cert-manager).")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    guard let end = seen.certificateEnds, end < Self.aMonth(after: context.today) else { return [] }
    return [
      RegistryFault(
        "its certificate \(end < context.today ? "expired" : "expires") on \(end)", at: "certificate", value: end)
    ]
  }

  /// The day about a month after another, both `YYYY-MM-DD`: enough time to renew a certificate.
  private static func aMonth(after today: String) -> String {
    let parts = today.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return today }
    let (year, month) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(parts[2] < 10 ? "0" : "")\(parts[2])"
  }
}
