import Bytes
package import Detect
package import Findings
import Transport

/// Reads the audit policy of an API server.
package enum AuditPolicyFile {
  /// - Throws: `BartizanError` for a file that cannot be read or holds no policy.
  package static func read(_ path: String) throws(BartizanError) -> AuditPolicy {
    let bytes = try FileReader.named(path, limits: .standard)
    do throws(RuleError) {
      return try AuditPolicy(bytes, file: path)
    } catch {
      throw BartizanError(.input, error.text)
    }
  }
}
