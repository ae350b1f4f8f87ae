using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Corlib;

/// <summary>IL instructions inside core library calls, as measured on the runtime (the suite's README): a call minus the same code without it.</summary>
public class CoreLibraryCountsTests
{
    /// <summary>Statement with the call; the same with a method of the program in its place, which returns at once (one instruction, two with a value); measured count.</summary>
    public static TheoryData<string, string, int> Calls => new()
    {
        { "Kept = new object();", "Kept = null;", 1 },
        { "Kept = new C();", "Kept = null;", 4 },
        { "Kept = new D();", "Kept = null;", 7 },
        { "Kept = new System.Exception();", "Kept = null;", 4 },
        { "Kept = new MyException();", "Kept = null;", 7 },
        { "Kept = new System.OutOfMemoryException();", "Kept = null;", 10 },
        { "Kept = Number.ToString();", "Kept = Same(ref Number);", 48 },
        { "Kept = Long.ToString();", "Kept = Same(ref Long);", 48 },
        { "Kept = Real.ToString();", "Kept = Same(ref Real);", 64 },
        { "Kept = Number.ToString(\"X8\");", "Kept = Same(ref Number, \"X8\");", 48 },
        { "Kept = Text + Text2;", "Kept = Same(Text, Text2);", 0 },
        { "Flag = Text == Text2;", "Flag = Truth(Text, Text2);", 0 },
        { "Number = Text.IndexOf('b');", "Number = Count(Text, 'b');", 0 },
        { "Kept = Text.Substring(0, 2);", "Kept = Same(Text, 0, 2);", 0 },
        { "System.Array.Copy(From, To, 8);", "Nothing(From, To, 8);", 7 },
        { "System.Array.Copy(From, 0, To, 0, 8);", "Nothing(From, 0, To, 0, 8);", 0 },
        { "System.Array.Clear(From, 0, 8);", "Nothing(From, 0, 8);", 0 },
        { "Kept = From.Clone();", "Kept = Virtual.Same();", 22 },
        { "Number = System.Array.IndexOf(Three, Two);", "Number = Count(Three, Two);", 16 },
        { "Kept = System.BitConverter.GetBytes(Number);", "Kept = Same(Number);", 0 },
        { "Number = Thrown.Message.Length;", "Number = Virtual.Text().Length;", 9 },
        { "Kept = new string('c', 3);", "Kept = Same('c', 3);", 0 },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void CallExecutesTheMeasuredInstructions(string with, string without, int measured)
    {
        int standIn = without == "Kept = null;" ? 0 : without.StartsWith("Nothing", StringComparison.Ordinal) ? 1 : 2;
        Assert.Equal(measured, Executed(with) - Executed(without) + standIn);
    }

    private static long Executed(string statement)
    {
        string source = $$"""
            public class C { }
            public class D : C { }
            public class MyException : System.Exception { }
            public class Virtual { public object Same() { return null; } public string Text() { return ""; } }
            public static class Case
            {
                static object Kept, Two = 2;
                static int Number = 5;
                static long Long = 5;
                static double Real = 2.5;
                static bool Flag;
                static string Text = "abc", Text2 = "abd";
                static sbyte[] From = new sbyte[8], To = new sbyte[8];
                static int[] Three = { 3, 1, 2 };
                static System.Exception Thrown = new System.Exception();
                static Virtual Virtual = new Virtual();
                static object Same(ref int x) { return null; }
                static object Same(ref long x) { return null; }
                static object Same(ref double x) { return null; }
                static object Same(ref int x, string f) { return null; }
                static object Same(string a, string b) { return null; }
                static object Same(string a, int b, int c) { return null; }
                static object Same(int a) { return null; }
                static object Same(char a, int b) { return null; }
                static bool Truth(string a, string b) { return false; }
                static int Count(string a, char b) { return 0; }
                static int Count(int[] a, object b) { return 0; }
                static void Nothing(object a, object b, int c) { }
                static void Nothing(object a, int b, object c, int d, int e) { }
                static void Nothing(object a, int b, int c) { }
                public static void Run() { {{statement}} }
                public static void Main() { }
            }
            """;
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", source)], "app", FirmwareOutput.Executable).Image);
        return device.Run("Case.Run").IlOpcodes;
    }
}
