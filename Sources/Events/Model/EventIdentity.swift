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

  /// Appends the bytes of `deliveryKey`.
  ///
  /// - Returns: whether there is one.
  package func appendDeliveryKey(to bytes: inout [UInt8]) -> Bool {
    // Nearly all events that have one are those of an API server, by themselves.
    let record = record
    if record.layers.count == 1, !record.identity.id.isNone, record.fault == nil, dataset == .kubernetesAudit {
      append(record.identity.id, to: &bytes)
      bytes.append(0x2F)
      if !record.identity.part.isNone { append(record.identity.part, to: &bytes) }
      return true
    }
    guard let key = deliveryKey else { return false }
    bytes.append(contentsOf: key.utf8)
    return true
  }

  private func append(_ slot: Slot, to bytes: inout [UInt8]) {
    withBytes(slot) { text in text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) } }
  }
}
