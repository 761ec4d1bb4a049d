package import Bytes

/// Identifies an event across deliveries, so that storing it twice keeps it once.
///
/// The id that a source provides is chosen by the sender (the audit ID of a request by its client), so it is never
/// sufficient: the digest of the original must be the same, too. Where a source provides none, the digest cannot tell a
/// repetition from something that happened twice. Then `key` is nil, and events may be stored more than once.
package struct EventIdentity: Sendable, Hashable {
  /// From the source: audit ID and stage, or the id of a CloudTrail event or a notification.
  package let key: String?
  /// Of the original.
  package let digest: Digest

  /// - Parameter digest: makes a digest of bytes; the modules that know how stand above this one.
  package init(_ event: Event, digest: (Span<UInt8>) -> Digest) {
    key = event.deliveryKey
    self.digest = event.withOriginal(digest)
  }
}

extension Event {
  /// The source's id of the event, for sources where different events never share one; nil for others.
  package var deliveryKey: String? {
    func value(_ field: FieldID) -> String? { text(field).flatMap { $0.isEmpty ? nil : $0 } }
    switch dataset {
    case .kubernetesAudit:
      // Every event that is stored is asked this: both stand near the beginning of its JSON.
      if !isOverridden, let id = first(at: Self.auditID), !id.isEmpty {
        return id + "/" + (first(at: Self.auditStage) ?? "")
      }
      guard let id = value(.eventId) else { return nil }
      return id + "/" + (value(.kubernetesAuditStage) ?? "")
    case .awsCloudTrail, .gcpAudit, .registryNotification, .falcoAlert, .hubbleFlow, .harborAudit:
      return value(.eventId)
    case .kubernetesEvent:
      // The same object is written repeatedly with a higher count.
      guard let id = value(.eventId), let time else { return nil }
      return id + "/" + time.text
    case .windows:
      guard let number = value(.winlogRecordId), let host = self[.hostName], let channel = value(.winlogChannel) else {
        return nil
      }
      return host + "/" + channel + "/" + number
    default: return nil
    }
  }

  private static let auditID = PathPlan("auditID")
  private static let auditStage = PathPlan("stage")

  /// The first text at a path of the original; nil where there is none.
  private func first(at plan: PathPlan) -> String? {
    var found: String?
    eachValue(at: plan) { bytes, range, kind in
      found = Self.value(bytes, range, kind)?.text
      return false
    }
    return found
  }
}
