/// A path from the root of an object, made without text until somebody asks for it.
indirect enum FieldPath: Sendable {
  case root
  case field(FieldPath, String)
  case index(FieldPath, Int)
  /// An entry of a map, which the server writes in brackets.
  case key(FieldPath, String)

  var text: String {
    switch self {
    case .root: ""
    case .field(.root, let name): name
    case .field(let parent, let name): parent.text + "." + name
    case .index(let parent, let index): "\(parent.text)[\(index)]"
    case .key(let parent, let key): "\(parent.text)[\(key)]"
    }
  }
}
