/// A place in a source: the file as the user named it, line and column from 1 (0 where unknown).
package struct Location: Sendable, Hashable {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var text: String { line > 0 ? "\(file):\(line)" : file }
}

extension Location: Comparable {
  package static func < (a: Location, b: Location) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}
