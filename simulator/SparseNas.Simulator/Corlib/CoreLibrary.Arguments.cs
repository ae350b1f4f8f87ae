using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Corlib;

/// <summary>Constructors of the argument exceptions: they put a text of their own where the caller gives none, and keep the parameter's name.</summary>
internal static partial class CoreLibrary
{
    private const string BadArgument = "Value does not fall within the expected range.";
    private const string NullArgument = "Value cannot be null.";
    private const string GivenText = "ldarg.0 ldarg.1 dup brtrue.s ", NoText = "ldarg.0 ldarg.1 dup brtrue.s pop ldsfld ";
    private static readonly OpcodeList s_argumentPlain = new("ldarg.0 ldsfld call ret");
    private static readonly OpcodeList s_argumentText = new(GivenText + "call ret"), s_argumentNoText = new(NoText + "call ret");
    private static readonly OpcodeList s_argumentInner = new(GivenText + "ldarg.2 call ret"), s_argumentNoTextInner = new(NoText + "ldarg.2 call ret");
    private static readonly OpcodeList s_argumentName = new(GivenText + "call ldarg.0 ldarg.2 stfld ret"), s_argumentNoTextName = new(NoText + "call ldarg.0 ldarg.2 stfld ret");
    private static readonly OpcodeList s_nullName = new("ldarg.0 ldsfld ldarg.1 call ret");
    private static readonly OpcodeList s_nullNameText = new("ldarg.0 ldarg.2 dup brtrue.s ldarg.1 call ret");
    private static readonly OpcodeList s_rangePlain = new("ldarg.0 ldnull call ret"), s_rangeName = new("ldarg.0 ldnull ldarg.1 call ret"), s_rangeNameText = new("ldarg.0 ldarg.2 ldarg.1 call ret");

    private static void AddArgumentExceptions()
    {
        const string a = "System.ArgumentException::.ctor", n = "System.ArgumentNullException::.ctor", r = "System.ArgumentOutOfRangeException::.ctor";
        Constructor(a + "()", call => Argument(call, s_argumentPlain, 0, BadArgument, 0));
        Constructor(a + "(string)", call => Argument(call, call.Reference(1) == 0 ? s_argumentNoText : s_argumentText, call.Reference(1), BadArgument, 0));
        Constructor(a + "(string,System.Exception)", call => Argument(call, call.Reference(1) == 0 ? s_argumentNoTextInner : s_argumentInner, call.Reference(1), BadArgument, call.Reference(2)));
        Constructor(a + "(string,string)", call => Named(call, call.Reference(1), BadArgument, call.Reference(2)));
        Constructor(n + "()", call => Outer(call, s_argumentPlain, () => Argument(call, s_argumentText, 0, NullArgument, 0)));
        Constructor(n + "(string)", call => Outer(call, s_nullName, () => Named(call, 0, NullArgument, call.Reference(1), textIsGiven: true)));
        Constructor(n + "(string,string)", call => Outer(call, s_nullNameText, () => Named(call, call.Reference(2), NullArgument, call.Reference(1))));
        Constructor(r + "()", call => Outer(call, s_rangePlain, () => Outer(call, s_rangeName, () => Named(call, 0, BadArgument, 0))));
        Constructor(r + "(string)", call => Outer(call, s_rangeName, () => Named(call, 0, BadArgument, call.Reference(1))));
        Constructor(r + "(string,string)", call => Outer(call, s_rangeNameText, () => Named(call, call.Reference(2), BadArgument, call.Reference(1))));
    }

    private static void Constructor(string key, CoreBody body) => s_methods[key] = new CoreMethod(body, CallCost.Managed);

    /// <summary>A derived constructor around another one.</summary>
    private static void Outer(CoreCall call, OpcodeList executed, Action inner)
    {
        call.EnterManaged(0, 3);
        call.Executes(executed);
        inner();
    }

    private static void Named(CoreCall call, int text, string ownText, int name, bool textIsGiven = false)
    {
        Argument(call, text == 0 && !textIsGiven ? s_argumentNoTextName : s_argumentName, text, ownText, 0);
        SetExceptionField(call, 4, name);
    }

    /// <summary>ArgumentException's own part, and the constructors below it down to System.Object.</summary>
    private static void Argument(CoreCall call, OpcodeList executed, int text, string ownText, int inner)
    {
        bool hasInner = inner != 0;
        call.EnterManaged(0, 3);
        call.Executes(executed);
        call.EnterManaged(0, 3);
        call.Executes(hasInner ? s_derivedInner : s_derivedMessage);
        call.EnterManaged(0, 3);
        call.Executes(hasInner ? s_exceptionInner : s_exceptionMessage);
        call.EnterManaged(0, 0);
        SetExceptionField(call, 0, text != 0 ? text : call.Machine.CoreText(ownText));
        SetExceptionField(call, 1, inner);
    }

    private static unsafe void SetExceptionField(CoreCall call, int field, int value) =>
        *(int*)(call.Heap.Memory + Interpreter.FieldOffset(call.OwnObject(), field)) = value;
}
