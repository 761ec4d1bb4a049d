import Bytes

/// A document with many records, as the audit webhook sends it, and as subscriptions and APIs of clouds and registries
/// return it.
struct RecordList {
  let items: Range<Int>
  /// The envelope that the document provides for all of them.
  let envelope: Envelope

  /// Names of members that hold records. A document is recognised by the name and by how few members it has, so that a
  /// record with a list in it is not split.
  private static let names: [(key: StaticString, mostMembers: Int)] = [
    ("items", 4), ("logEvents", 8), ("Records", 2), ("records", 3), ("events", 5), ("logs", 3), ("entries", 3),
    ("value", 3),
  ]

  static func find(_ bytes: Span<UInt8>, _ members: JSONMembers) -> RecordList? {
    for (key, most) in names where members.members.count <= most {
      guard let member = members.member(bytes, key), member.kind == .array,
        beginsWithObject(bytes, member.value.lowerBound)
      else { continue }
      if bytes.equals(member.key, "items"), !isKubernetesList(bytes, members) { continue }
      return RecordList(items: member.value, envelope: Self.envelope(bytes, members))
    }
    return nil
  }

  static func isKubernetesList(_ bytes: Span<UInt8>, _ members: JSONMembers) -> Bool {
    guard let kind = members.member(bytes, "kind"), kind.kind == .string else { return false }
    return kind.value.count > 6 && bytes.equals(kind.value.upperBound - 5..<kind.value.upperBound - 1, "List")
  }

  /// Whether an object begins as the API server writes lists: with a kind that ends so. Others are recognised by all members.
  static func beginsLikeKubernetesList(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    var place = JSONScan.skipSpace(bytes, start + 1)
    guard bytes.starts(place, with: "\"kind\"") else { return false }
    place = JSONScan.skipSpace(bytes, place + 6)
    guard place < bytes.count, bytes[place] == 0x3A else { return false }
    place = JSONScan.skipSpace(bytes, place + 1)
    guard place < bytes.count, bytes[place] == 0x22 else { return false }
    var isEscaped = false
    let end = JSONScan.stringEnd(bytes, place + 1, &isEscaped)
    return end - place > 4 && bytes.equals(end - 4..<end, "List")
  }

  private static func beginsWithObject(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    let first = JSONScan.skipSpace(bytes, start + 1)
    return first < bytes.count && (bytes[first] == 0x7B || bytes[first] == 0x5D)
  }

  /// The log group of EKS contains the name of the cluster: `/aws/eks/NAME/cluster`.
  private static func envelope(_ bytes: Span<UInt8>, _ members: JSONMembers) -> Envelope {
    var envelope = Envelope()
    func text(_ key: StaticString) -> String? {
      guard let member = members.member(bytes, key), member.kind == .string else { return nil }
      return bytes.text(Extractor.inner(member.value, member.kind))
    }
    guard let group = text("logGroup") else { return envelope }
    envelope[.cloudProvider] = "aws"
    envelope[.cloudAccountId] = text("owner")
    envelope[.logFilePath] = group + (text("logStream").map { "/" + $0 } ?? "")
    let parts = group.split(separator: "/")
    if parts.count == 4, parts[0] == "aws", parts[1] == "eks", parts[3] == "cluster" {
      envelope[.orchestratorClusterName] = String(parts[2])
    }
    return envelope
  }
}
