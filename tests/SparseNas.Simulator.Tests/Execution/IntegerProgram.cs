using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using SparseNas.Networks;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>
/// A random straight-line method over the integer opcodes, <c>long Run(int, int, long, long)</c>: once as a .NET dynamic method, once as
/// the bytes of an assembly for the simulator. Shift counts are masked and divisors odd and positive, because there the two disagree on purpose.
/// </summary>
internal sealed class IntegerProgram
{
    private readonly List<(OpCode Code, long Operand)> _code = [];
    private readonly Stack<bool> _wide = new();
    private readonly SeededRandom _random;

    public IntegerProgram(ulong seed)
    {
        _random = new SeededRandom(seed);
        int length = 10 + _random.Next(120);
        for (int step = 0; step < length; step++) Step();
        while (_wide.Count > 1) Combine();
        if (_wide.Count == 0) Load();
        if (!_wide.Pop()) Emit(OpCodes.Conv_I8);
        Emit(OpCodes.Ret);
    }

    public long RunOnDotNet(int a, int b, long c, long d)
    {
        DynamicMethod method = new("Run", typeof(long), [typeof(int), typeof(int), typeof(long), typeof(long)], typeof(IntegerProgram).Module);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(typeof(int));
        il.DeclareLocal(typeof(long));
        foreach ((OpCode code, long operand) in _code)
        {
            switch (code.OperandType)
            {
                case OperandType.InlineI: il.Emit(code, (int)operand); break;
                case OperandType.InlineI8: il.Emit(code, operand); break;
                case OperandType.ShortInlineI: il.Emit(code, (sbyte)operand); break;
                default: il.Emit(code); break;
            }
        }

        return (long)method.Invoke(null, [a, b, c, d])!;
    }

    /// <summary>The program as an assembly: class <c>P</c> with <c>Run</c>.</summary>
    public byte[] Assemble()
    {
        MetadataBuilder metadata = new();
        metadata.AddModule(0, metadata.GetOrAddString("p.dll"), metadata.GetOrAddGuid(default), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("p"), new Version(1, 0), default, default, 0, AssemblyHashAlgorithm.None);
        AssemblyReferenceHandle core = metadata.AddAssemblyReference(metadata.GetOrAddString("mscorlib"), new Version(1, 17), default, default, 0, default);
        TypeReferenceHandle root = metadata.AddTypeReference(core, metadata.GetOrAddString("System"), metadata.GetOrAddString("Object"));
        BlobBuilder signature = new();
        new BlobEncoder(signature).MethodSignature().Parameters(4, result => result.Type().Int64(), parameters =>
        {
            parameters.AddParameter().Type().Int32();
            parameters.AddParameter().Type().Int32();
            parameters.AddParameter().Type().Int64();
            parameters.AddParameter().Type().Int64();
        });
        BlobBuilder locals = new();
        LocalVariablesEncoder variables = new BlobEncoder(locals).LocalVariableSignature(2);
        variables.AddVariable().Type().Int32();
        variables.AddVariable().Type().Int64();
        BlobBuilder bodies = new(), il = new();
        foreach ((OpCode code, long operand) in _code) Write(il, code, operand);
        int offset = new MethodBodyStreamEncoder(bodies).AddMethodBody(new InstructionEncoder(il), 200, metadata.AddStandaloneSignature(metadata.GetOrAddBlob(locals)), MethodBodyAttributes.InitLocals);
        MethodDefinitionHandle method = metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, metadata.GetOrAddString("Run"), metadata.GetOrAddBlob(signature), offset, default);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), method);
        metadata.AddTypeDefinition(TypeAttributes.Public | TypeAttributes.Class, default, metadata.GetOrAddString("P"), root, MetadataTokens.FieldDefinitionHandle(1), method);
        BlobBuilder pe = new();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), bodies).Serialize(pe);
        return pe.ToArray();
    }

    private static void Write(BlobBuilder il, OpCode code, long operand)
    {
        if (code.Size == 2) il.WriteByte(0xFE);
        il.WriteByte((byte)code.Value);
        switch (code.OperandType)
        {
            case OperandType.InlineI: il.WriteInt32((int)operand); break;
            case OperandType.InlineI8: il.WriteInt64(operand); break;
            case OperandType.ShortInlineI: il.WriteSByte((sbyte)operand); break;
            default: break;
        }
    }

    private void Emit(OpCode code, long operand = 0) => _code.Add((code, operand));

    private void Step()
    {
        if (_wide.Count < 2 || (_wide.Count < 12 && _random.Next(3) == 0)) Load();
        else if (_random.Next(4) == 0) Unary();
        else Combine();
    }

    private void Load()
    {
        switch (_random.Next(9))
        {
            case 0: Emit(OpCodes.Ldarg_0); _wide.Push(false); break;
            case 1: Emit(OpCodes.Ldarg_1); _wide.Push(false); break;
            case 2: Emit(OpCodes.Ldarg_2); _wide.Push(true); break;
            case 3: Emit(OpCodes.Ldarg_3); _wide.Push(true); break;
            case 4: Emit(OpCodes.Ldc_I4, (int)_random.NextUInt64()); _wide.Push(false); break;
            case 5: Emit(OpCodes.Ldc_I8, (long)_random.NextUInt64()); _wide.Push(true); break;
            case 6: Emit(OpCodes.Ldc_I4_S, _random.Next(256) - 128); _wide.Push(false); break;
            case 7: Emit(OpCodes.Ldloc_0); _wide.Push(false); break;
            default: Emit(OpCodes.Ldloc_1); _wide.Push(true); break;
        }
    }

    private void Unary()
    {
        bool wide = _wide.Pop();
        switch (_random.Next(8))
        {
            case 0: Emit(OpCodes.Neg); break;
            case 1: Emit(OpCodes.Not); break;
            case 2: Emit(OpCodes.Conv_I1); wide = false; break;
            case 3: Emit(OpCodes.Conv_U1); wide = false; break;
            case 4: Emit(OpCodes.Conv_I2); wide = false; break;
            case 5: Emit(OpCodes.Conv_U2); wide = false; break;
            case 6: Emit(wide ? OpCodes.Conv_I4 : OpCodes.Conv_I8); wide = !wide; break;
            default: Emit(OpCodes.Dup); Emit(wide ? OpCodes.Stloc_1 : OpCodes.Stloc_0); break;
        }

        _wide.Push(wide);
    }

    private void Combine()
    {
        bool right = _wide.Pop(), left = _wide.Pop();
        int operation = _random.Next(14);
        if (operation is 7 or 8)
        {
            if (right) Emit(OpCodes.Conv_I4);
            Emit(OpCodes.Ldc_I4_S, 31);
            Emit(OpCodes.And);
            Emit(operation == 7 ? OpCodes.Shl : OpCodes.Shr);
            _wide.Push(left);
            return;
        }

        if (right != left)
        {
            Emit(right ? OpCodes.Conv_I4 : OpCodes.Conv_I8);
            right = left;
        }

        if (operation is 9 or 10)
        {
            Emit(right ? OpCodes.Ldc_I8 : OpCodes.Ldc_I4, 0x7FFF);
            Emit(OpCodes.And);
            Emit(right ? OpCodes.Ldc_I8 : OpCodes.Ldc_I4, 1);
            Emit(OpCodes.Or);
        }

        Emit(operation switch
        {
            0 => OpCodes.Add, 1 => OpCodes.Sub, 2 => OpCodes.Mul, 3 => OpCodes.And, 4 => OpCodes.Or, 5 => OpCodes.Xor, 6 => OpCodes.Add,
            9 => OpCodes.Div, 10 => OpCodes.Rem, 11 => OpCodes.Ceq, 12 => OpCodes.Clt, _ => OpCodes.Cgt_Un,
        });
        _wide.Push(operation < 11 && left);
    }
}
