using System.Reflection.Metadata;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Stack effects of instructions that touch objects, arrays, fields, pointers and methods.</summary>
internal sealed partial class TypeFlow
{
    private void StepObjects(IlInstruction il, string name)
    {
        switch (name)
        {
            case "newarr": Pop(StackKind.I4); Push(StackKind.Ref, types.ArrayOf(Type(il))); break;
            case "ldlen": Pop(StackKind.Ref); Push(StackKind.I4); break;
            case "ldelema": Pop(StackKind.I4); Pop(StackKind.Ref); PushPointer(Type(il)); break;
            case "ldelem": Pop(StackKind.I4); Pop(StackKind.Ref); Push(Type(il)); break;
            case "stelem": PopInto(Type(il)); Pop(StackKind.I4); Pop(StackKind.Ref); break;
            case "ldfld" or "ldflda" or "stfld": InstanceFieldAccess(il, name); break;
            case "ldsfld": Push(StaticFieldOf(il).Type); break;
            case "stsfld": PopInto(StaticFieldOf(il).Type); break;
            case "ldsflda": PushPointer(StaticFieldOf(il).Type); break;
            case "newobj": NewObject(types.ResolveMethod(method.Assembly!, Token(il))); break;
            case "call" or "callvirt": Call(types.ResolveMethod(method.Assembly!, Token(il))); break;
            case "ldftn": _ = types.ResolveMethod(method.Assembly!, Token(il)); Push(StackKind.Ref); break;
            case "ldvirtftn": Pop(StackKind.Ref); _ = types.ResolveMethod(method.Assembly!, Token(il)); Push(StackKind.Ref); break;
            case "box": PopInto(Type(il)); Push(StackKind.Ref, Type(il).Type); break;
            case "unbox": Pop(StackKind.Ref); PushPointer(Type(il)); break;
            case "unbox.any": Pop(StackKind.Ref); Push(Type(il)); break;
            case "castclass" or "isinst": Pop(StackKind.Ref); Push(StackKind.Ref, Type(il).Type); break;
            case "initobj": PopPointer(Type(il)); break;
            case "ldobj": PopPointer(Type(il)); Push(Type(il)); break;
            case "stobj": PopInto(Type(il)); PopPointer(Type(il)); break;
            case "cpobj": PopPointer(Type(il)); PopPointer(Type(il)); break;
            case "ldtoken": TokenOperand(il); Push(StackKind.I8); break;
            case "sizeof": Push(StackKind.U4); break;
            default: StepIndirect(name); break;
        }
    }

    private void StepIndirect(string name)
    {
        Storage storage = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] switch
        {
            "i1" => Storage.I1, "u1" => Storage.U1, "i2" => Storage.I2, "u2" => Storage.U2, "i4" or "i" => Storage.I4, "u4" => Storage.U4,
            "i8" => Storage.I8, "r4" => Storage.R4, "r8" => Storage.R8, "ref" => Storage.Ref, _ => throw Damaged("is not modelled"),
        };
        switch (name[..name.IndexOf('.', StringComparison.Ordinal)])
        {
            case "ldelem": Pop(StackKind.I4); StackType array = Pop(StackKind.Ref); Push(storage.OnStack(), storage == Storage.Ref ? array.Type?.Element?.Type : null); break;
            case "stelem": PopInto(new SlotType(storage)); Pop(StackKind.I4); Pop(StackKind.Ref); break;
            case "ldind": Push(storage.OnStack(), PopPointer(new SlotType(storage)).Type is { } type && storage == Storage.Ref ? type : null); break;
            case "stind": PopInto(new SlotType(storage)); PopPointer(new SlotType(storage)); break;
            default: throw Damaged("is not modelled");
        }
    }

    /// <summary>A pointer to a place of this width; a structure is pointed to by a reference to its object.</summary>
    private StackType PopPointer(SlotType to)
    {
        StackType type = Pop();
        bool fits = to.Storage == Storage.Struct ? type.Kind == StackKind.Ref : type.Kind == StackKind.ByRef && SamePointee(type.Pointee, to.Storage);
        return fits ? type : throw Damaged($"needs a pointer to {to.Storage}, but got {Describe(type.Kind, type.Pointee)}");
    }

    private SlotType Type(IlInstruction il)
    {
        SlotType type = types.ResolveType(method.Assembly!, Token(il));
        return type.Storage is Storage.Void or Storage.ByRef ? throw Damaged($"{type.Storage} is not a type of values") : type;
    }

    private void InstanceFieldAccess(IlInstruction il, string name)
    {
        if (types.ResolveField(method.Assembly!, Token(il)) is not InstanceField field)
        {
            StaticField known = StaticFieldOf(il);
            throw Damaged($"{known.FullName} is static");
        }

        if (name == "stfld") PopInto(field.Type);
        Pop(StackKind.Ref);
        if (name == "ldfld") Push(field.Type);
        if (name == "ldflda") PushPointer(field.Type);
    }

    private StaticField StaticFieldOf(IlInstruction il) =>
        types.ResolveField(method.Assembly!, Token(il)) as StaticField ?? throw Damaged("the field is not static");

    private void TokenOperand(IlInstruction il)
    {
        EntityHandle token = Token(il);
        if (token.Kind is HandleKind.FieldDefinition) _ = types.ResolveField(method.Assembly!, token);
        else if (token.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification) _ = types.ResolveType(method.Assembly!, token);
        else throw Damaged($"a token of a {token.Kind} is not modelled");
    }

    private void NewObject(DeviceMethod constructor)
    {
        if (constructor.Name != ".ctor" || constructor.IsStatic) throw Damaged($"{constructor.FullName} is not a constructor");
        if (constructor.Owner.IsInterface || (constructor.Owner.IsDelegate && constructor.Arguments.Count != 3)) throw Damaged($"{constructor.Owner.FullName} cannot be created");
        for (int i = constructor.Arguments.Count - 1; i >= 1; i--) PopInto(constructor.Arguments[i]);
        Push(new SlotType(constructor.Owner.Storage == Storage.Ref ? Storage.Ref : constructor.Owner.Storage, constructor.Owner));
    }

    /// <summary>
    /// A virtual method of the core library called on a number behind a pointer, as on a variable of an enumeration (<c>constrained.</c>). The device skips
    /// the prefix and finds the class of the number itself, which answers.
    /// </summary>
    public static bool IsNumberBehindPointer(DeviceMethod callee, StackType receiver) =>
        callee is { IsStatic: false, IsVirtual: true, Core: not null, Owner.Storage: Storage.Ref } && receiver.Kind == StackKind.ByRef && receiver.Pointee is >= Storage.Bool and <= Storage.R8;

    private void Call(DeviceMethod callee)
    {
        for (int i = callee.Arguments.Count - 1; i >= 0; i--)
        {
            SlotType argument = callee.Arguments[i];
            if (i == 0 && _stack is { } top && IsNumberBehindPointer(callee, top.Type)) Pop();
            else PopInto(argument);
        }

        if (callee.Result.Storage != Storage.Void) Push(callee.Result);
    }
}
