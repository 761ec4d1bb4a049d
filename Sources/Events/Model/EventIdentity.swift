package import Bytes

/// What makes two deliveries the same event, so that storing it twice keeps it once.
///
/// The number that a source gives is the sender's choice (the audit ID of a request is its client's), so it is never
/// enough: the digest of the original must be the same too. Where a source gives none the digest alone cannot tell a
/// repetition from something that happened twice; there `key` is nil, and storing is at least once.
package struct EventIdentity: Sendable, Hashable {
  /// Of the source: audit ID and stage, the identifier of a CloudTrail event or a notification.
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
  /// What the source calls the event, where two events of it never have the same name unless they are one.
  package var deliveryKey: String? {
    func value(_ field: FieldID) -> String? { text(field).flatMap { $0.isEmpty ? nil : $0 } }
    switch dataset {
    case .kubernetesAudit:
      guard let id = value(.eventId) else { return nil }
      return id + "/" + (value(.kubernetesAuditStage) ?? "")
    case .awsCloudTrail, .gcpAudit, .registryNotification, .falcoAlert, .hubbleFlow, .harborAudit:
      return value(.eventId)
    case .kubernetesEvent:
      // The same object is written again and again with a higher count.
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
}
