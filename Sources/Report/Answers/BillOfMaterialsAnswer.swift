package import Images

/// A bill of materials (`image sbom`).
package struct BillOfMaterialsAnswer: Answer {
  package static var formats: [OutputFormat] { SBOMFormat.all.compactMap { OutputFormat(rawValue: $0.name) } }

  private let bill: BillOfMaterials

  package init(_ bill: BillOfMaterials) { self.bill = bill }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    let writer = SBOMFormat.all.first { $0.name == format.rawValue } ?? SBOMFormat.all[0]
    sink(writer.write(bill))
  }
}
