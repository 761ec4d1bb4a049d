package import Bytes

/// Settings of the decoder that the records themselves do not contain.
package struct DecodeOptions: Sendable {
  /// The format of the input.
  package enum Format: Sendable, Equatable {
    /// Recognised by the content.
    case automatic
    /// Comma-separated values (RFC 4180).
    ///
    /// - Parameters:
    ///   - columns: names of the columns in order, from the field catalogue or any other; empty to use the first line.
    ///     A column with an empty name is skipped.
    ///   - delimiter: between values.
    case csv(columns: [String], delimiter: UInt8)
  }

  package var format = Format.automatic
  /// Proxies in front of the API server, whose addresses are not those of clients.
  package var trustedProxies: [IPRange] = []
  /// When the bytes were received, for times without a year and for wrong clocks; nil where unknown.
  package var receivedAt: Timestamp?
  /// From when times without a year are reckoned where the time of receipt is not known, as in a log that is a file: the latest year
  /// in which they are not after it.
  package var reckonedFrom: Timestamp?
  /// What times without a year are near to; nil: they are no times.
  var nearby: Timestamp? { receivedAt ?? reckonedFrom }
  /// Who is who where the events happened; nil where that is unknown.
  package var directory: (any IdentityDirectory)?
  /// Containers that are trusted to print records of the services that they run, as `namespace/container`. A service
  /// record in the output of any other container is treated as mere output.
  package var serviceContainers: Set<String> = [
    "kube-system/kube-apiserver", "falco/falco", "kube-system/export-stdout", "kube-system/hubble-export-stdout",
  ]
  /// Maximum number of records in one input.
  package var records = 100_000_000
  /// Maximum size in bytes of a record, and of one JSON document with many records. An audit event is at most twice the
  /// limit of etcd, 3 MiB; files of CloudTrail are one object of some tens of MiB.
  package var recordBytes = 64 << 20
  /// Maximum number of lines that are joined to one event of a container.
  package var joinedLines = 1_000
  /// Maximum size of such an event in bytes.
  package var joinedBytes = 1 << 20
  /// Maximum nesting of records in records.
  package var layers = 6

  package init() {}
}
