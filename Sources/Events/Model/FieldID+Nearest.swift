import Bytes

extension FieldID {
  /// The field whose name is spelled most alike; nil where none is alike.
  package static func nearest(_ name: String) -> FieldID? {
    NearestName.of(name, in: allCases.lazy.map(\.name)).flatMap { FieldID(name: $0) }
  }
}
