using System.Runtime.InteropServices;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// One pre-decoded instruction of the register form. A method's arguments, locals and evaluation slots are numbered from its frame
/// pointer, 8 bytes each; D, A and B name such slots. Narrow integers are kept widened to 32 bits, references as heap offsets.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Instruction
{
    [FieldOffset(0)]
    public Op Op;

    /// <summary>Slot that is written.</summary>
    [FieldOffset(2)]
    public ushort D;

    /// <summary>First slot that is read.</summary>
    [FieldOffset(4)]
    public ushort A;

    /// <summary>Second slot that is read.</summary>
    [FieldOffset(6)]
    public ushort B;

    /// <summary>Constant, identifier or, in <see cref="Op.Block"/>, how often the block was entered.</summary>
    [FieldOffset(8)]
    public long Imm;

    /// <summary>Distance of a branch, in instructions.</summary>
    [FieldOffset(8)]
    public int Jump;

    /// <summary>32-bit constant of a compare-and-branch or fused operation.</summary>
    [FieldOffset(12)]
    public int Imm32;
}

/// <summary>Operations of the register form; RI takes its second operand from the instruction.</summary>
internal enum Op : ushort
{
    /// <summary>Start of a basic block: counts the entry and the IL instructions (A) it stands for.</summary>
    Block,
    Mov,
    Ldc,
    AddI4, AddI4I, SubI4, MulI4, MulI4I, MulAddI4I, AndI4, AndI4I, OrI4, OrI4I, XorI4, XorI4I, ShlI4, ShlI4I, ShrI4, ShrI4I, ShrUnI4, ShrUnI4I,
    DivI4, DivUnI4, RemI4, RemUnI4, NegI4, NotI4,
    AddI8, AddI8I, SubI8, MulI8, MulI8I, AndI8, OrI8, XorI8, ShlI8, ShlI8I, ShrI8, ShrI8I, ShrUnI8, ShrUnI8I, DivI8, DivUnI8, RemI8, RemUnI8, NegI8, NotI8,
    AddR4, SubR4, MulR4, DivR4, RemR4, NegR4,
    AddR8, SubR8, MulR8, DivR8, RemR8, NegR8,
    ConvI1, ConvU1, ConvI2, ConvU2, SignExtend, ZeroExtend,
    I8ToR4, I8ToR8, U8ToR4, U8ToR8, R4ToR8, R8ToR4, R4ToI8, R8ToI8,

    /// <summary>Compares; the low byte of Imm is the <see cref="Condition"/>.</summary>
    CmpI4, CmpI8, CmpR4, CmpR8, CmpRef,
    Br, BrTrue, BrFalse, BrTrueI8, BrFalseI8,
    BeqI4, BneI4, BltI4, BleI4, BgtI4, BgeI4, BltUnI4, BleUnI4, BgtUnI4, BgeUnI4,
    BeqI4I, BneI4I, BltI4I, BleI4I, BgtI4I, BgeI4I, BltUnI4I, BleUnI4I, BgtUnI4I, BgeUnI4I,
    BeqI8, BneI8, BltI8, BleI8, BgtI8, BgeI8, BltUnI8, BleUnI8, BgtUnI8, BgeUnI8,
    Switch,
    LdElemI1, LdElemU1, LdElemI2, LdElemU2, LdElem4, LdElem8, LdElemRef, LdElemStruct, LdElemA, LdElemAStruct,
    StElem1, StElem2, StElem4, StElem8, StElemRef, StElemStruct, LdLen,
    LdFld, LdFldStruct, LdFldA, StFld, StFldStruct,
    LdSFld, LdSFldStruct, StSFld, StSFldStruct, LdSFldA,
    LdLocA, LdInd1, LdIndU1, LdInd2, LdIndU2, LdInd4, LdInd8, StInd1, StInd2, StInd4, StInd8, StIndRef,
    Clone, CopyStruct, InitStruct, InitSlot,
    NewArr, NewObj, NewDelegate, LdStr, LdFtn, LdVirtFtn, Box, Unbox, UnboxValue, UnboxStruct, CastClass, IsInst,
    Call, CallVirt, CallCore, CallDelegate, NewCore, Ret, RetValue,
    Throw, Rethrow, Leave, EndFinally, EndFilter,
}

/// <summary>Condition of a comparison; unordered floating operands count as greater (CLR_RT_HeapBlock::Compare_Values).</summary>
internal enum Condition : byte
{
    Eq, Ne, Lt, Le, Gt, Ge, LtUn, LeUn, GtUn, GeUn,
}
