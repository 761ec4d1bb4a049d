/// What every page begins with. A page brings its style along and loads nothing.
enum HTMLPage {
  /// Everything before the content of `body`.
  ///
  /// - Parameters:
  ///   - title: not escaped.
  ///   - hasScript: whether the page contains a script of its own.
  static func opening(title: String, hasScript: Bool = false) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'\(hasScript ? "; script-src 'unsafe-inline'" : "")">
    <title>\(XML.escaped(title))</title>
    <style>
    \(Asset.css)</style>
    </head>
    <body>

    """
  }
}
