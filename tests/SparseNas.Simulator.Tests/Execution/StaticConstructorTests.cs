using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>
/// Static constructors run before Main in the order of the image's method table, whatever they need from each other; the desktop runs each
/// when its class is first used. Expected orders follow by hand from SortTypesAccordingUsages of the metadata processor.
/// </summary>
public class StaticConstructorTests
{
    private const string Log = "public static class Log { public static int Order; public static int Add(int id) { Order = Order * 10 + id; return id; } } ";

    private const string Reader = "public static class Case { public static int Run() { return Log.Order; } } ";

    [Theory]
    [InlineData("by name, not by source", "static class B { static int V = Log.Add(2); } static class A { static int V = Log.Add(1); }", 12)]
    [InlineData("not after a class whose field is read", "static class A { static int V = Log.Add(1) + B.V; } static class B { public static int V = Log.Add(2); }", 12)]
    [InlineData("not after the base class", "class A : B { static int V = Log.Add(1); } class B { static int W = Log.Add(2); }", 12)]
    [InlineData("after an interface", "interface I { } class A : I { static int V = Log.Add(1); } class B { static int V = Log.Add(2); }", 12)]
    [InlineData("after the parameters of callees", "class A { static int V = Log.Add(1); static void Use(Z z) { } static void Call() { Use(null); } } class Z { static int V = Log.Add(2); }", 21)]
    [InlineData("after the results of callees", "class A { static int V = Log.Add(1); static Z[] Use() { return null; } static void Call() { Use(); } } class Z { static int V = Log.Add(2); }", 21)]
    [InlineData("after the enclosing class", "class B { class A { static int V = Log.Add(2); } static int V = Log.Add(1); }", 12)]
    [InlineData(
        "a nested class in its encloser's calls comes first when something else asked for it",
        "class A { static int V = Log.Add(1); static void Call() { B.Use(null); } } class B { public class C { static int V = Log.Add(2); } static int V = Log.Add(3); public static void Use(C c) { } static void Call() { Use(null); } }",
        231)]
    [InlineData("case does not count", "class b { static int V = Log.Add(2); } class C { static int V = Log.Add(3); } class A { static int V = Log.Add(1); }", 123)]
    [InlineData("punctuation, digits, letters", "class Aa { static int V = Log.Add(3); } class A_ { static int V = Log.Add(1); } class A1 { static int V = Log.Add(2); } class _B { static int V = Log.Add(4); }", 4123)]
    public void RunInTheOrderOfTheImage(string rule, string classes, int order) => Assert.True(Run(Log + classes + Reader) == order, $"{rule}: {Run(Log + classes + Reader)} instead of {order}");

    [Fact]
    public void AFieldReadBeforeItsConstructorHasRunIsZero() =>
        Assert.Equal(1_041, Run("class A { public static int V = B.W + 1; } class B { public static int W = 41; } public static class Case { public static int Run() { return A.V * 1000 + B.W; } }"));

    private static long? Run(string source)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000) { BudgetOpcodes = 100_000 };
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", source)], "app", FirmwareOutput.Library).Image);
        return device.Run("Case.Run").Result;
    }
}
