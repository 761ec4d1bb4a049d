/// The names under which operators are declared, as cel-go has them.
enum Operators {
  static let conditional = "_?_:_"
  static let and = "_&&_"
  static let or = "_||_"
  static let not = "!_"
  static let equals = "_==_"
  static let notEquals = "_!=_"
  static let less = "_<_"
  static let lessEquals = "_<=_"
  static let greater = "_>_"
  static let greaterEquals = "_>=_"
  static let add = "_+_"
  static let subtract = "_-_"
  static let multiply = "_*_"
  static let divide = "_/_"
  static let modulo = "_%_"
  static let negate = "-_"
  static let index = "_[_]"
  static let optionalIndex = "_[?_]"
  static let optionalSelect = "_?._"
  static let `in` = "@in"
  static let notStrictlyFalse = "@not_strictly_false"

  static let comparisons: [Token.Kind: String] = [
    .less: less, .lessEquals: lessEquals, .greater: greater, .greaterEquals: greaterEquals, .equals: equals,
    .notEquals: notEquals, .in: `in`,
  ]
  static let factors: [Token.Kind: String] = [.star: multiply, .slash: divide, .percent: modulo]
  static let terms: [Token.Kind: String] = [.plus: add, .minus: subtract]
}
