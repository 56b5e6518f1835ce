/// The write endpoints of Heroku.
enum HerokuWrites {
  typealias Context = HerokuAPI.Context

  static let routes: [Route<Context>] = []
}
