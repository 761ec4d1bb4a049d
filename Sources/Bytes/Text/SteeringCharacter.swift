extension Unicode.Scalar {
  /// Whether it steers a terminal or turns the direction of text, so that a name that somebody else chose may not show it as it is:
  /// control characters of C0 and C1, and those that embed, override or isolate a direction.
  ///
  /// Source: ECMA-48; Unicode Standard Annex 9, "Explicit Directional Embeddings", "Overrides" and "Isolates".
  package var isSteering: Bool {
    value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
      || (0x2066...0x2069).contains(value)
  }
}
