import Bytes
import Testing

@Suite struct DocumentReaderTests {
  private static func codes(_ text: String) -> [DocumentError.Code] {
    DocumentReader.read(Array(text.utf8)).errors.map(\.code)
  }

  @Test func eachKindOfTextIsRecognised() {
    #expect(DocumentReader.read(Array("{\"a\": 1}".utf8)).documents.count == 1)
    #expect(DocumentReader.read(Array("{a: 1}".utf8)).documents.count == 1)
    #expect(DocumentReader.read(Array("\u{FEFF}a: 1".utf8)).documents.count == 1)
    #expect(DocumentReader.read(Array("{\"a\": 1}\n{\"a\": 2}\n".utf8)).documents.count == 2)
    #expect(DocumentReader.read([]).documents.isEmpty)
  }

  @Test func eachKindOfTroubleIsNamed() {
    #expect(Self.codes("a\u{0}b") == [.binary])
    #expect(Self.codes("name: {{ .Values.name }}\n") == [.template])
    #expect(Self.codes("{{- if .Values.x }}\na: 1\n{{- end }}\n").allSatisfy { $0 == .template })
    #expect(Self.codes("a: b: c") == [.syntax])
    #expect(DocumentReader.read([0x61, 0x3A, 0x20, 0xFF, 0xFE]).errors.map(\.code) == [.encoding])
    var limits = Limits()
    limits.inputBytes = 4
    #expect(DocumentReader.read(Array("a: 123".utf8), limits: limits).errors.map(\.code) == [.size])
  }
}
