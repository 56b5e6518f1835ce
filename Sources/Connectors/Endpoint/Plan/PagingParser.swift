internal import ConnectorKit
internal import JSONQuery

/// Reads `paging`: only the keys of its style are known.
struct PagingParser {
  let keys: any SourceKeys

  func plan() -> PagingPlan {
    var plan = PagingPlan()
    if !keys.names.contains("style") { keys.missing("style") }
    plan.style = keys.choice("style", PagingPlan.Style.self) ?? .none
    switch plan.style {
    case .none, .link: readSize(&plan)
    case .nextURL:
      plan.next = keys.query("next")
      plan.nextHeader = keys.string("next_header")
      if keys.names.contains("next") == keys.names.contains("next_header") {
        keys.reject("name where the URL stands: next for a place in the body, or next_header")
      }
      readSize(&plan)
    case .cursor:
      plan.parameter = keys.requiredString("param") ?? ""
      plan.first = keys.string("first")
      plan.nextHeader = keys.string("next_header")
      plan.next = keys.query("next")
      plan.more = keys.query("more")
      if keys.names.contains("next") == keys.names.contains("next_header") {
        keys.reject("name where the cursor stands: next for a place in the body, or next_header")
      }
      if plan.nextHeader != nil, plan.more != nil {
        keys.reject("more", "goes with next, not with next_header")
      }
      readSize(&plan)
    case .page:
      plan.parameter = keys.requiredString("param") ?? ""
      plan.start = keys.integer("start", in: 0...1) ?? 1
      plan.stop = keys.choice("stop", PagingPlan.Stop.self) ?? .empty
      plan.pageCount = plan.stop == .pages ? keys.requiredQuery("pages") : nil
      readSize(&plan)
    case .offset:
      plan.parameter = keys.requiredString("param") ?? ""
      plan.start = keys.integer("start", in: 0...1) ?? 0
      readSize(&plan)
    case .keyset:
      plan.parameter = keys.requiredString("param") ?? ""
      plan.first = keys.string("first")
      plan.field = keys.requiredQuery("field")
      readSize(&plan)
    case .tokenInBody:
      plan.next = keys.requiredQuery("next")
      plan.bodyPlace = bodyPlace()
    }
    keys.finish()
    return plan
  }

  private func readSize(_ plan: inout PagingPlan) {
    plan.sizeParameter = keys.string("size_param")
    if let size = keys.integer("size", in: 1...100_000) { plan.size = size }
  }

  private func bodyPlace() -> JSONPointer? {
    guard let text = keys.requiredString("body_pointer") else { return nil }
    do throws(JSONPointer.Malformed) {
      let pointer = try JSONPointer(text)
      if !pointer.tokens.isEmpty { return pointer }
      keys.reject("body_pointer", "expected a place in the body, such as /cursor")
    } catch {
      keys.reject("body_pointer", error.reason)
    }
    return nil
  }
}
