import ReportAssets

/// Files that are embedded in the binary.
enum Asset {
  static var css: String { text(bartizan_report_css(), bartizan_report_css_size()) }
  static var script: String { text(bartizan_report_js(), bartizan_report_js_size()) }

  private static func text(_ start: UnsafePointer<UInt8>?, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
