using System.Text;
using SparseNas.Networks;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>
/// A random C# program over most of what the device's compiler accepts: interfaces, virtual and abstract methods, structures in structures,
/// boxing, delegates with captured variables, references, exceptions with filters and finally, arrays of every kind, texts. It keeps to what
/// device and desktop agree on: no division by zero, finite numbers, no static constructor that needs another, no method that hides another. Every method pays a unit of
/// <c>Case.Fuel</c>, so every program ends.
/// </summary>
internal sealed class RandomProgram
{
    private const int Classes = 4, Methods = 5;
    private readonly SeededRandom _random;
    private readonly StringBuilder _text = new();
    private int _names;

    private RandomProgram(ulong seed) => _random = new SeededRandom(seed);

    /// <summary>Variables that a statement may use, by type.</summary>
    private sealed record Scope(List<string> Ints, List<string> Longs, List<string> Texts, List<string> Objects, List<string> Arrays, List<string> Pairs, List<string> Calls)
    {
        public static Scope Of(params string[] ints) => new([.. ints], [], [], [], [], [], []);

        /// <summary>A block inside: what it declares is not seen outside.</summary>
        public Scope Inner() => new([.. Ints], [.. Longs], [.. Texts], [.. Objects], [.. Arrays], [.. Pairs], [.. Calls]);
    }

    /// <summary>Source of the program with a seed; <c>Case.Run</c> folds everything that it sees into its result.</summary>
    public static string Source(ulong seed)
    {
        RandomProgram program = new(seed);
        program.Types();
        program.Program();
        return program._text.ToString();
    }

    private void Line(string text) => _text.Append(text).Append('\n');

    private int Random(int below) => _random.Next(below);

    private string Pick(params string[] choices) => choices[Random(choices.Length)];

    private string Name(string kind) => $"{kind}{_names++}";

    private void Types()
    {
        Line("using System;");
        Line("public interface IFirst { int First(int x); }");
        Line("public interface ISecond { int Second(long x); int Size { get; } }");
        Line("public enum Colour : byte { Red, Green = 3, Blue = 200 }");
        Line("public delegate int Map(int x);");
        Line("public class Boom : Exception { public readonly int Code; public Boom(int code, string text) : base(text) { Code = code; } }");
        Line("public class Bang : Boom { public Bang(int code) : base(code * 3, \"bang\") { } public override string Message { get { return \"!\" + base.Message; } } }");
        Line("public struct Pair : ISecond { public int A; public short B; public long C; public Pair(int a) { A = a; B = (short)(a >> 3); C = a * 5L; } "
            + $"public int Bump(int x) {{ A += x; B--; C ^= A; return A + B; }} public int Second(long x) {{ C += x; return (int)C {Operator()} B; }} public int Size {{ get {{ return B; }} }} }}");
        Line("public struct Nest { public Pair In; public byte D; public Pair Other; public int Sum() { return In.A + In.B + (int)In.C + D * 3 + Other.A; } }");
        Line("public abstract class Shape : IFirst { protected int p; protected Pair pair; public static int Made; protected Shape(int p) { this.p = p; pair = new Pair(p + 1); Made++; Init(); } "
            + "protected virtual void Init() { p ^= 3; } public abstract int Area(int x); "
            + $"public virtual int First(int x) {{ if (--Case.Fuel < 0) return x; return Area(x) {Operator()} p; }} public int P {{ get {{ return p; }} set {{ p = value; pair.A += value; }} }} "
            + "public int this[int i] { get { return p + i * pair.A; } set { pair.B = (short)(value + i); } } public override string ToString() { return \"S\" + p; } }");
        for (int c = 0; c < Classes; c++) Class(c);
    }

    private void Class(int c)
    {
        string parent = c == 0 || Random(3) == 0 ? "Shape" : $"Class{Random(c)}";
        bool second = Random(2) == 0;
        Line($"public class Class{c} : {parent}{(second ? ", ISecond" : "")} {{");
        Line($"    static int count = {Random(50)}; int own = {Random(1000)}; readonly byte[] bytes = {{ {Random(256)}, {Random(256)}, 7, 9 }};");
        Line($"    public Class{c}(int p) : base(p + {Random(9)}) {{ own += p; count++; }}");
        if (Random(2) == 0) Line($"    protected override void Init() {{ base.Init(); p += {Random(20)} + (bytes == null ? 1000 : bytes[1]); }}");
        Method($"public override int Area(int x)", Scope.Of("x", "own", "p", "count", "pair.A"));
        if (Random(2) == 0) Line($"    public override int First(int x) {{ {Fuel("own")} return base.First(x + 1) {Operator()} own; }}");
        if (second) Line($"    public int Second(long x) {{ {Fuel("2")} own ^= (int)x; return own {Operator()} bytes[(int)x & 3]; }} public {Pick("int Size", "virtual int Size")} {{ get {{ return own & 63; }} }}");
        if (Random(2) == 0) Line($"    public override string ToString() {{ return \"C{c}\" + (own & 15) + base.ToString(); }}");
        if (Random(2) == 0) Line("    public override bool Equals(object o) { Shape s = o as Shape; return s != null && s.P == p; } public override int GetHashCode() { return p * 7; }");
        Line("}");
    }

    private void Program()
    {
        Line("public static class Case {");
        Line($"    internal static int Fuel, Total; internal static long Wide = {Random(1000)}L << {Random(40)}; internal static Nest Nested; static readonly Pair s_pair = new Pair({Random(90)});");
        Line("    internal static readonly short[] Table = { 5, -3, 1000, -32768, 32767, 12, 0, 77 }; internal static string Words = \"start\";");
        Line("    internal static Shape Make(int k, int p) { switch (k & 3) { case 0: return new Class0(p); case 1: return new Class1(p); case 2: return new Class2(p); default: return new Class3(p); } }");
        Line("    internal static int Swap(ref int a, out long b, Pair c) { int t = a; a = c.Bump(t); b = t * 3L - a; return t ^ c.A; }");
        Line("    internal static ref int Cell(int[] a, int i) { return ref a[i & 3]; }");
        Line("    internal static int Sum(params int[] a) { int s = 0; foreach (int x in a) s = s * 3 + x; return s; }");
        Line("    internal static void See(int place, params int[] values) { foreach (int value in values) Total = Total * 31 + value; }");
        Line("    internal static int Boxed(object o) { if (o == null) return -1; if (o is int) return (int)o; if (o is string) return ((string)o).Length; if (o is Pair) return ((Pair)o).A; if (o is Colour) return (int)(Colour)o; "
            + "if (o is long) return (int)((long)o >> 3); if (o is ISecond) return ((ISecond)o).Size; if (o is IFirst) return 9; return o is Map ? ((Map)o)(4) : 17; }");
        for (int m = 0; m < Methods; m++) Method($"internal static int M{m}(int x, int y)", Scope.Of("x", "y", "Case.Total"));
        Line("    public static int Run() { Total = 1; Nested = new Nest(); Wide = 5; Words = \"s\"; Shape.Made = 0; int h = 0;");
        for (int m = 0; m < Methods; m++)
        {
            Line($"        try {{ Fuel = 60; h = h * 31 + M{m}({Random(100)}, {Random(9) - 4}); }} catch (Boom e) {{ h = h * 31 + e.Code + e.Message.Length; }} catch (IndexOutOfRangeException) {{ h += 5; }} catch (InvalidCastException) {{ h += 6; }} catch (NullReferenceException) {{ h += 7; }}");
        }

        Line("        return h * 31 + Total + Nested.Sum() + (int)(Wide ^ (Wide >> 32)) + Words.Length + Shape.Made + s_pair.A; }");
        Line("}");
    }

    private static string Fuel(string otherwise) => $"if (--Case.Fuel < 0) return {otherwise};";

    private void Method(string head, Scope scope)
    {
        Line($"    {head} {{ {Fuel(scope.Ints[0])} unchecked {{");
        for (int s = 0; s < 6; s++) Statement(scope, 3);
        Line($"        return {Int(scope, 3)}; }} }}");
    }

    private void Block(Scope outer, int depth)
    {
        Scope scope = outer.Inner();
        Line("{");
        for (int s = 1 + Random(3); s > 0; s--) Statement(scope, depth - 1);
        Line("}");
    }

    /// <summary>One statement, and a look at every number in sight after it.</summary>
    private void Statement(Scope scope, int depth)
    {
        Choose(scope, depth);
        string ints = string.Join(", ", scope.Ints), longs = string.Concat(scope.Longs.Select(name => $", (int)({name} ^ ({name} >> 32))"));
        Line($"Case.See({_names++}, {ints}{longs}{string.Concat(scope.Pairs.Select(name => $", {name}.A + {name}.B"))});");
    }

    private void Choose(Scope scope, int depth)
    {
        switch (Random(depth <= 0 ? 11 : 20))
        {
            case 0: Declare("int", scope.Ints, Int(scope, 2)); break;
            case 1: Declare("long", scope.Longs, Long(scope, 2)); break;
            case 2: Declare("string", scope.Texts, Text(scope, 2)); break;
            case 3: Declare(Pick("Shape", "IFirst"), scope.Objects, $"Case.Make({Int(scope, 1)}, {Int(scope, 1)})"); break;
            case 4: Declare("int[]", scope.Arrays, $"new int[] {{ {Int(scope, 1)}, {Int(scope, 1)}, 3, {Int(scope, 1)} }}"); break;
            case 5: Declare("Pair", scope.Pairs, scope.Pairs.Count > 0 && Random(2) == 0 ? One(scope.Pairs) : $"new Pair({Int(scope, 1)})"); break;
            case 6: Declare("Map", scope.Calls, $"z => z {Operator()} {Int(scope, 1)}"); break;
            case 7 or 8: Line($"{One(scope.Ints)} {Pick("=", "+=", "-=", "^=", "*=", "|=")} {Int(scope, 3)};"); break;
            case 9 when scope.Pairs.Count > 0: Line($"{One(scope.Pairs)}.Bump({Int(scope, 1)}); {One(scope.Pairs)}.B {Pick("=", "+=")} (short)({Int(scope, 1)});"); break;
            case 10 when scope.Arrays.Count > 0: Line($"{One(scope.Arrays)}[{Int(scope, 1)} & 3] {Pick("=", "+=")} {Int(scope, 2)};"); break;
            case 9 or 10: Line($"{One(scope.Ints)}{Pick("++", "--")};"); break;
            case 11: Line($"if ({Truth(scope, 2)})"); Block(scope, depth); if (Random(2) == 0) { Line("else"); Block(scope, depth); } break;
            case 12: Loop(scope, depth); break;
            case 13: Switch(scope, depth); break;
            case 14 or 15: Try(scope, depth); break;
            case 16: Statics(scope); break;
            case 17: References(scope); break;
            case 18: Captures(scope); break;
            default: Objects(scope); break;
        }
    }

    private void Declare(string type, List<string> known, string value)
    {
        string name = Name("v");
        Line($"{type} {name} = {value};");
        known.Add(name);
    }

    private void Loop(Scope outer, int depth)
    {
        string i = Name("i");
        Scope scope = outer.Inner();
        if (Random(3) == 0 && outer.Arrays.Count > 0) Line($"foreach (int {i} in {One(outer.Arrays)}) {{");
        else if (Random(2) == 0) Line($"for (int {i} = 0; {i} < {1 + Random(4)}; {i}++) {{");
        else Line($"int w{i} = {1 + Random(3)}; while (w{i}-- > 0) {{ int {i} = w{i};");
        if (Random(3) == 0) Line($"if ({Truth(scope, 1)}) {Pick("break", "continue")};");
        string seen = Name("v");
        Line($"int {seen} = {i};");
        scope.Ints.Add(seen);
        Statement(scope, depth - 1);
        Statement(scope, depth - 1);
        Line("}");
    }

    private void Switch(Scope scope, int depth)
    {
        bool colour = Random(2) == 0;
        Line(colour ? $"switch ((Colour)(byte)({Int(scope, 2)} & 3)) {{" : $"switch ({Int(scope, 2)} & 3) {{");
        string[] labels = colour ? ["Colour.Red", "Colour.Green", "(Colour)1"] : ["0", "1", "3"];
        foreach (string label in labels)
        {
            Line($"case {label}: ");
            Block(scope, depth - 1);
            Line(label == labels[0] ? $"goto case {labels[1]};" : "break;");
        }

        Line($"default: {One(scope.Ints)} += 2; break; }}");
    }

    private void Try(Scope scope, int depth)
    {
        string e = Name("e");
        Line("try {");
        Statement(scope.Inner(), depth - 1);
        if (Random(2) == 0) Line($"if ({Truth(scope, 1)}) throw {Pick($"new Boom({Int(scope, 1)}, \"b\" + {Int(scope, 1)})", $"new Bang({Int(scope, 1)})")};");
        if (Random(4) == 0) Line($"{One(scope.Ints)} += Case.Table[{Int(scope, 1)} & 15];");
        if (Random(6) == 0) Line($"if ({Truth(scope, 1)}) return {Int(scope, 1)};");
        Line("}");
        int form = Random(3);
        if (form != 0)
        {
            string filter = Random(2) == 0 ? $" when (({e}.Code & 1) == 0 || {Truth(scope, 1)})" : "";
            Line($"catch ({Pick("Boom", "Bang")} {e}){filter} {{ {One(scope.Ints)} += {e}.Code + {e}.Message.Length; {(Random(4) == 0 ? "throw;" : "")} }}");
            if (Random(2) == 0) Line($"catch (IndexOutOfRangeException) {{ {One(scope.Ints)} ^= 21; }}");
        }

        if (form != 1) Line($"finally {{ {One(scope.Ints)} = {One(scope.Ints)} * 7 + 1; }}");
    }

    private void Statics(Scope scope) => Line(Random(5) switch
    {
        0 => $"Case.Wide {Pick("+=", "^=", "-=")} {Long(scope, 2)};",
        1 => $"Case.Nested.In.A += {Int(scope, 1)}; Case.Nested.D++; Case.Nested.Other = Case.Nested.In;",
        2 => $"Case.Words = {Text(scope, 2)};",
        3 when scope.Pairs.Count > 0 => $"Case.Nested.In = {One(scope.Pairs)}; {One(scope.Pairs)} = Case.Nested.Other;",
        _ => $"{One(scope.Ints)} += Case.Nested.Sum();",
    });

    private void References(Scope scope)
    {
        string changed = Name("r"), given = Name("g");
        Line($"int {changed} = {Int(scope, 1)}; long {given}; {One(scope.Ints)} += Case.Swap(ref {changed}, out {given}, {(scope.Pairs.Count > 0 ? One(scope.Pairs) : "Case.Nested.In")}) + (int){given};");
        scope.Ints.Add(changed);
        scope.Longs.Add(given);
    }

    private void Captures(Scope scope)
    {
        string captured = Name("c"), map = Name("m");
        Line($"int {captured} = {Int(scope, 1)}; Map {map} = z => {{ {captured} += z; return {captured} {Operator()} 3; }};");
        if (scope.Calls.Count > 0 && Random(2) == 0) Line($"{map} += {One(scope.Calls)};");
        Line($"{One(scope.Ints)} += {map}({Int(scope, 1)}) + {captured};");
        scope.Calls.Add(map);
        scope.Ints.Add(captured);
    }

    private void Objects(Scope scope)
    {
        string o = Name("o");
        string value = Pick($"(object)({Int(scope, 1)})", $"(object)({Long(scope, 1)})", "\"text\"", "Colour.Blue", "null", scope.Pairs.Count > 0 ? One(scope.Pairs) : "new Pair(3)", $"Case.Make({Int(scope, 1)}, 5)");
        Line($"object {o} = {value}; {One(scope.Ints)} += Case.Boxed({o}) + ({o} is ISecond ? ((ISecond){o}).Second({Long(scope, 1)}) : 1) + ({o} is Shape ? ((Shape){o})[2] : 0);");
        if (Random(3) == 0) Line($"object[] a{o} = {{ {o}, 1, null, \"q\" }}; foreach (object x{o} in a{o}) {One(scope.Ints)} = {One(scope.Ints)} * 3 + Case.Boxed(x{o});");
    }

    private string One(List<string> names) => names[Random(names.Count)];

    private string Operator() => Pick("+", "-", "*", "^", "&", "|", "+");

    private string Int(Scope scope, int depth)
    {
        if (depth <= 0) return Random(2) == 0 ? One(scope.Ints) : Literal();
        string A() => Int(scope, depth - 1);
        return Random(19) switch
        {
            0 or 1 => One(scope.Ints),
            2 or 3 or 4 => $"({A()} {Operator()} {A()})",
            5 => $"({A()} / (({A()} & 15) + 1))",
            6 => $"({A()} % (({A()} & 7) + 2))",
            7 => $"({A()} {Pick("<<", ">>")} ({A()} & 31))",
            8 => $"({Pick("(int)(sbyte)", "(int)(byte)", "(int)(short)", "(int)(ushort)", "(int)(char)", "-", "~")}({A()}))",
            9 => $"(int)({Long(scope, depth - 1)})",
            10 => $"({Truth(scope, depth - 1)} ? {A()} : {A()})",
            11 => $"Case.Table[{A()} & 7]",
            12 => $"(int)((uint)({A()}) {Pick("/ 7u", ">> 3", "% 11u", "* 3u")})",
            13 when scope.Arrays.Count > 0 => Random(2) == 0 ? $"{One(scope.Arrays)}[{A()} & 3]" : $"(Case.Cell({One(scope.Arrays)}, {A()}) {Pick("+=", "^=")} {A()})",
            14 when scope.Pairs.Count > 0 => $"{One(scope.Pairs)}.{Pick("A", "B", "Size", "Bump(" + A() + ")")}",
            15 when scope.Objects.Count > 0 => $"{One(scope.Objects)}.First({A()})",
            16 when scope.Calls.Count > 0 => $"{One(scope.Calls)}({A()})",
            17 => $"Case.M{Random(Methods)}({A()}, {A()})",
            18 when scope.Texts.Count > 0 && One(scope.Texts) is var text => $"({text}.Length {Operator()} (\"#\" + {text})[{Random(2)} * {text}.Length])",
            _ => Pick($"Case.Sum({A()}, {A()})", Literal(), $"({Text(scope, depth - 1)}).Length"),
        };
    }

    private string Literal() => Random(4) switch { 0 => $"{Random(10)}", 1 => $"{Random(2000) - 1000}", 2 => $"{(int)_random.NextUInt64() | 1}", _ => Pick("127", "-128", "255", "32767", "65536", "int.MaxValue", "int.MinValue", "(int)'x'") };

    private string Long(Scope scope, int depth)
    {
        if (depth <= 0) return scope.Longs.Count > 0 && Random(2) == 0 ? One(scope.Longs) : $"{(long)_random.NextUInt64() >> Random(60)}L";
        string A() => Long(scope, depth - 1);
        return Random(7) switch
        {
            0 => $"(long)({Int(scope, depth - 1)})",
            1 or 2 => $"({A()} {Operator()} {A()})",
            3 => $"({A()} {Pick("<<", ">>")} ({Int(scope, depth - 1)} & 63))",
            4 => $"({A()} / (({A()} & 255) + 1))",
            5 => $"(long)(uint)({Int(scope, depth - 1)})",
            _ => $"(long)((ulong)({A()}) >> 7)",
        };
    }

    private string Truth(Scope scope, int depth)
    {
        if (depth <= 0) return $"{One(scope.Ints)} {Pick("<", ">", "<=", ">=", "==", "!=")} {Literal()}";
        return Random(6) switch
        {
            0 => $"({Truth(scope, depth - 1)} {Pick("&&", "||", "^")} {Truth(scope, depth - 1)})",
            1 => $"{Long(scope, depth - 1)} {Pick("<", ">", "==", ">=")} {Long(scope, depth - 1)}",
            2 => $"(uint)({Int(scope, depth - 1)}) {Pick("<", ">", "<=", ">=")} (uint)({Int(scope, depth - 1)})",
            3 when scope.Texts.Count > 0 => $"{One(scope.Texts)} {Pick("==", "!=")} {Text(scope, depth - 1)}",
            4 when scope.Objects.Count > 0 => $"{One(scope.Objects)} is {Pick("Class0", "Class1", "Class2", "ISecond")}",
            _ => $"({Int(scope, depth - 1)} & {1 + Random(7)}) {Pick("==", "!=")} {Random(4)}",
        };
    }

    private string Text(Scope scope, int depth)
    {
        if (depth <= 0) return scope.Texts.Count > 0 && Random(2) == 0 ? One(scope.Texts) : $"\"{Pick("a", "bcd", "xyzzy", "q1")}\"";
        return Random(6) switch
        {
            0 or 1 => $"({Text(scope, depth - 1)} + {Text(scope, depth - 1)})",
            2 => $"({Text(scope, depth - 1)} + {Int(scope, depth - 1)})",
            3 => $"({Text(scope, depth - 1)} + \"#\").Substring({Random(2)})",
            4 when scope.Objects.Count > 0 => $"{One(scope.Objects)}.ToString()",
            _ => $"({Truth(scope, depth - 1)} ? {Text(scope, depth - 1)} : null + {Text(scope, depth - 1)})",
        };
    }
}
