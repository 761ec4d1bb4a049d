package import Bytes

/// What decoding must be told, because no record says it.
package struct DecodeOptions: Sendable {
  /// How records stand in the input.
  package enum Format: Sendable, Equatable {
    /// Told by the content.
    case automatic
    /// Comma-separated values (RFC 4180).
    ///
    /// - Parameters:
    ///   - columns: names of the columns in order, fields of the catalogue or any other; empty: they stand in the first
    ///     line. An empty name passes over a column.
    ///   - delimiter: between values.
    case csv(columns: [String], delimiter: UInt8)
  }

  package var format = Format.automatic
  /// Proxies before the API server whose addresses are not the client's.
  package var trustedProxies: [IPRange] = []
  /// When the bytes were received: for records whose time has no year, and for clocks that are wrong.
  package var receivedAt: Timestamp?
  /// Containers that are believed to print records of the services they run, as `namespace/container`. A record of a
  /// service in the output of any other container is just that container's output.
  package var serviceContainers: Set<String> = [
    "kube-system/kube-apiserver", "falco/falco", "kube-system/export-stdout", "kube-system/hubble-export-stdout",
  ]
  /// Records that are read of one input at most.
  package var records = 100_000_000
  /// Largest record, and largest document of many records in one JSON object, in bytes. An audit event is at most twice what etcd
  /// takes, 3 MiB; files of CloudTrail are one object of some tens of MiB.
  package var recordBytes = 64 << 20
  /// Lines that are joined to one event of a container at most, and their bytes.
  package var joinedLines = 1_000
  package var joinedBytes = 1 << 20
  /// Records carried in one another at most.
  package var layers = 4

  package init() {}
}
